"""Captures of connections against servers of ours that do one thing wrong, and with what a target gives."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conformance.captures.capacity import capacity
from conformance.captures.churn import CONNECTS, churn
from conformance.captures.release import CAP, DESCRIPTORS, FIN, RESET, UNREAD, releases
from conformance.process import ServerProcess
from conformance.subject import Subject
from conformance.target import Target, loads
from conformance.target.schema import Process, Ready
from conformance.verdict import Unjudged, Verdict
from conformance.wire import Wire
from tests.conftest import EVENTBAHN, Serve

SUBSCRIBERS = 40


@pytest.fixture
def limits(tmp_path: Path) -> list[str]:
    (tmp_path / "limits.toml").write_text(f"[limits]\nsubscribers = {SUBSCRIBERS}\n")
    return ["--heartbeat", "60", "--config", str(tmp_path / "limits.toml")]


def target(url: str, more: str = f"limits = {{ cap = {SUBSCRIBERS} }}") -> Target:
    return loads(
        f"""
        schema = 1
        target = {{ name = "x", base_url = "{url}" }}
        subscribe = {{ path = "/events/{{channel}}", ignore = [{{ id_only = true }}] }}
        {more}
        [publish]
        driver = "http"
        request = {{ path = "/events/{{channel}}", json = {{ data = "{{data}}" }} }}
        """,
        {},
    )


@contextmanager
def subject(target: Target) -> Iterator[Subject]:
    with Wire() as wire:
        one = Subject(target, wire, {}, "nonce")
        with one.visit() as visitor:
            yield visitor
        one.close()


@pytest.mark.parametrize(
    ("fault", "kept"),
    [
        ("", {FIN: 0, RESET: 0, UNREAD: 0}),
        ("leak-on-reset", {FIN: 0, RESET: 5}),  # a drop may be a reset
    ],
    ids=["all is well", "resets leak"],
)
def test_a_full_server_shows_who_is_released(
    fault: str, kept: dict[str, int], serve: Serve, limits: list[str]
) -> None:
    served = serve(*limits, *(["--fault", fault] if fault else []))

    with subject(target(served.url)) as visitor:
        found = releases(visitor, None)

    assert {way: found[way].kept for way in kept} == kept
    assert {release.by for release in found.values()} == {CAP}


def test_a_cap_that_is_not_kept_shows_nothing(serve: Serve) -> None:
    served = serve("--heartbeat", "60")

    with subject(target(served.url)) as visitor, pytest.raises(Unjudged, match="did not fill the server"):
        releases(visitor, None)


def test_descriptors_show_who_is_released_where_nothing_else_does() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (*EVENTBAHN, "serve", "--port", str(port), "--log", "memory", "--heartbeat", "60")
    process = ServerProcess(Process(command, Ready(f"127.0.0.1:{port}")))
    process.start()
    try:
        with subject(target(f"http://127.0.0.1:{port}", "")) as visitor:
            found = releases(visitor, process)
            lived = churn(visitor, process)
    finally:
        process.kill()

    seen = {way: (release.kept, release.by) for way, release in found.items()}
    assert seen == dict.fromkeys((FIN, RESET, UNREAD), (0, DESCRIPTORS))
    assert lived.refused == 0
    assert lived.before.descriptors is not None
    assert lived.after.descriptors is not None
    assert lived.after.descriptors - lived.before.descriptors < CONNECTS / 10


def test_without_any_hook_nothing_can_be_told(serve: Serve) -> None:
    served = serve()

    with subject(target(served.url, "")) as visitor, pytest.raises(Unjudged) as unjudged:
        releases(visitor, None)

    assert unjudged.value.judgement.verdict == Verdict.NOT_APPLICABLE
    assert unjudged.value.judgement.reason.startswith("no-hook: declare process.metrics.connections")


@pytest.mark.parametrize(
    ("fault", "status", "harmed", "back"),
    [
        ("", 503, 0, True),
        ("cap-kills-oldest", 200, 1, True),
        ("cap-sticks", 503, 0, False),
    ],
    ids=["all is well", "the oldest is dropped", "a slot is lost"],
)
def test_a_full_server(
    fault: str, status: int, harmed: int, back: bool, serve: Serve, limits: list[str]
) -> None:
    served = serve(*limits, *(["--fault", fault] if fault else []))

    with subject(target(served.url)) as visitor:
        found = capacity(visitor, SUBSCRIBERS)

    assert found.newcomer is not None
    assert found.newcomer.head is not None
    assert found.newcomer.head.status == status
    assert found.held == SUBSCRIBERS
    assert len(found.harmed) == harmed
    assert (found.returned is not None) is back
    assert found.published


def test_a_stranger_is_spared_a_thousand_connections() -> None:
    stranger = target("http://stranger.example", "politeness = { max_requests = 60 }")

    with subject(stranger) as visitor, pytest.raises(Unjudged, match="politeness: a thousand connections"):
        churn(visitor, None)
