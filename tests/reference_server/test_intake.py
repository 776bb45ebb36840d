"""The ways in over HTTP: statuses, bodies, and what is kept."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.limits import Limits
from reference_server.settings import Settings
from tests.conftest import DEADLINE, Serve
from tests.reference_server.listener import Listener
from tests.reference_server.running import running

ONE = {"device": "d", "seq": 1, "value": 1}


@pytest.fixture
def client(serve: Serve) -> Iterator[httpx.Client]:
    """A client of a server of its own."""
    with httpx.Client(base_url=serve().url, trust_env=False, timeout=DEADLINE) as client:
        yield client


def test_a_repeat_is_counted_and_not_published_again(client: httpx.Client) -> None:
    first = client.post("/measurements", json=[ONE, {"device": "d", "seq": 2, "value": 2}]).json()
    second = client.post("/measurements", json=[ONE, {"device": "d", "seq": 0, "value": 3}]).json()

    assert (first["accepted"], first["duplicates"]) == (2, 0)
    assert (second["accepted"], second["duplicates"]) == (1, 1)
    assert second["last_id"].endswith("-3")


def test_another_boot_is_another_sequence(client: httpx.Client) -> None:
    answers = [client.post("/measurements", json={**ONE, "boot": boot}).json() for boot in (0, 7, 7)]

    assert [answer["accepted"] for answer in answers] == [1, 1, 0]


def test_nothing_of_a_request_with_a_mistake_is_kept(client: httpx.Client) -> None:
    refused = client.post("/measurements", json=[ONE, {"device": "d"}])
    accepted = client.post("/measurements", json=ONE)

    assert (refused.status_code, refused.json()["index"]) == (422, 1)
    assert (accepted.json()["accepted"], accepted.json()["last_id"].partition("-")[2]) == (1, "1")


REFUSED: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "no type": ("POST", "/measurements", {"content": b"{}"}, 415),
    "a form": ("POST", "/measurements", {"data": {"device": "d"}}, 415),
    "lines are for measurements": (
        "POST",
        "/events/c",
        {"content": b"{}", "headers": {"Content-Type": "application/x-ndjson"}},
        415,
    ),
    "not JSON": (
        "POST",
        "/measurements",
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        400,
    ),
    "too large": (
        "POST",
        "/measurements",
        {"content": b" " * (9 << 20), "headers": {"Content-Type": "application/json"}},
        413,
    ),
    "not for measurements": ("POST", "/events/measurements", {"json": {"data": "x"}}, 409),
    "a line end in event": ("POST", "/events/c", {"json": {"data": "x", "event": "a\nb"}}, 422),
    "a channel with a blank": ("POST", "/events/a%20b", {"json": {"data": "x"}}, 400),
    "a channel too long": ("GET", "/events/" + "x" * 129, {}, 400),
    "a channel that does not exist": ("HEAD", "/events/a%0Ab", {}, 400),
    "no such path": ("GET", "/nothing", {}, 404),
    "no such method": ("DELETE", "/events", {}, 405),
    "no such method on the way in": ("GET", "/measurements", {}, 405),
}


@pytest.mark.parametrize(("method", "path", "rest", "status"), REFUSED.values(), ids=REFUSED)
def test_a_request_that_cannot_be_served_is_told_why(
    url: str, method: str, path: str, rest: dict[str, Any], status: int
) -> None:
    answer = httpx.request(method, url + path, **rest)

    assert answer.status_code == status
    assert method == "HEAD" or answer.json()["error"]
    assert (status == 405) == ("Allow" in answer.headers)


def test_options_is_answered_at_once(url: str) -> None:
    answer = httpx.options(f"{url}/events")

    assert (answer.status_code, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_a_publisher_may_bring_ids_of_its_own(client: httpx.Client) -> None:
    with Listener(str(client.base_url), "/events/c") as stream:
        given = client.post("/events/c", json={"data": "x", "id": "mine", "event": "e", "retry": 7})
        own = client.post("/events/c", json={"data": "y"})
        events = stream.take(2)

    assert (given.status_code, given.json()) == (201, {"id": "mine"})
    assert [(each.type, each.last_event_id) for each in events] == [
        ("e", "mine"),
        ("message", own.json()["id"]),
    ]


def test_the_snapshot_joins_a_stream_without_a_gap(client: httpx.Client) -> None:
    client.post("/measurements", json=[ONE, {"device": "e", "value": 1.50}, {**ONE, "seq": 2, "value": 2}])

    snapshot = client.get("/snapshot").json()

    epoch = snapshot["last_id"].partition("-")[0]
    assert snapshot == {
        "last_id": f"{epoch}-3",
        "devices": {
            "d": {"id": f"{epoch}-3", "measurement": {"device": "d", "seq": 2, "value": 2}},
            "e": {"id": f"{epoch}-2", "measurement": {"device": "e", "value": 1.5}},
        },
    }
    with Listener(str(client.base_url), last_id=snapshot["last_id"]) as stream:
        client.post("/measurements", json={"device": "f", "value": 1})
        assert [each.data for each in stream.take(1)] == ['{"device":"f","value":1}']


def test_an_event_of_a_megabyte_arrives_whole(client: httpx.Client) -> None:
    data = "é\n" * (1 << 19)

    with Listener(str(client.base_url), "/events/c") as stream:
        client.post("/events/c", json={"data": data})

        assert stream.take(1)[0].data == data


def test_a_full_commit_queue_sends_away_and_keeps_what_it_took(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    limits = Limits(commit_queue=2_000)
    with (
        running(Settings(port=0, log=f"sqlite:{file}", limits=limits)) as url,
        closing(sqlite3.connect(file, isolation_level=None)) as other,
        ThreadPoolExecutor(30) as senders,
    ):
        other.execute("BEGIN IMMEDIATE")  # holds the writer up: SQLite lets one write at a time
        answers = [
            senders.submit(httpx.post, f"{url}/measurements", json={**ONE, "seq": seq}, timeout=DEADLINE)
            for seq in range(30)
        ]
        wait(answers, DEADLINE, FIRST_COMPLETED)
        other.execute("ROLLBACK")
        statuses = [each.result(DEADLINE).status_code for each in answers]
        (busy, *_) = [each.result() for each in answers if each.result().status_code == 503]
        again = [httpx.post(f"{url}/measurements", json={**ONE, "seq": seq}).json() for seq in range(30)]

    assert set(statuses) == {200, 503}
    assert busy.headers["Retry-After"] == "1"
    assert [each["duplicates"] for each in again] == [int(status == 200) for status in statuses]
