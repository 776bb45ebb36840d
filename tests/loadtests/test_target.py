"""Servers by target file: their requests, and what load cannot use."""

import json
from pathlib import Path

import pytest

from loadtests._probe import Probe
from loadtests._target import TargetError, described

PROBE = Probe("s", 1, "r", 2, 3)
HEAD = 'schema = 1\ntarget = { name = "t", base_url = "http://127.0.0.1:8082" }\n'
PUBLISH = 'publish = { driver = "http", request = { path = "/pub/{channel}", json = { d = "{data}" } } }\n'
CHANNELS = 'subscribe = { path = "/sub", query = { id = "{channel}" } }\n'


def of(folder: Path, text: str) -> str:
    file = folder / "target.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.fixture
def nchan(tmp_path: Path) -> str:
    return of(
        tmp_path,
        HEAD
        + CHANNELS
        + 'cursor = { header = false, query = "last_event_id", signal = { event = "gap" } }\n'
        + 'auth = { main = { headers = { Authorization = "Bearer s3" } } }\n'
        + '[publish]\ndriver = "http"\nsuccess = [202]\nunwrap = { kind = "json-field:/d" }\n'
        + '[publish.request]\npath = "/pub"\nquery = { id = "{channel}" }\nbody = "{data}"\n',
    )


def test_requests_are_those_of_the_target(nchan: str) -> None:
    recipe = described(nchan, {}, topics=True)

    assert recipe.subscribe("t-1", "") == (
        b"GET /sub?id=conf-t-1 HTTP/1.1\r\nHost: 127.0.0.1:8082\r\nAuthorization: Bearer s3\r\n"
        b"Accept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n"
    )
    assert recipe.subscribe("t-1", "7:0").startswith(b"GET /sub?id=conf-t-1&last_event_id=7%3A0 HTTP/1.1")
    assert recipe.publish("t-1", b'{"seq":3}') == (
        b"POST /pub?id=conf-t-1 HTTP/1.1\r\nHost: 127.0.0.1:8082\r\n"
        b'Content-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\n{"seq":3}'
    )


def test_answers_and_events_are_read_as_it_says(nchan: str) -> None:
    recipe = described(nchan, {})

    assert [status for status in (200, 201, 202) if recipe.took(status)] == [202]
    assert recipe.find(json.dumps({"d": PROBE.encode().decode()})) == PROBE
    assert recipe.find(PROBE.encode().decode()) is None
    assert (recipe.signal, recipe.resumes) == ("gap", True)


def test_a_host_says_where_it_listens_now(nchan: str) -> None:
    recipe = described(nchan, {}, host="http://127.0.0.1:9")

    assert (recipe.name, recipe.subscribed) == ("http://127.0.0.1:9", "http://127.0.0.1:9/sub?id=conf-x")


@pytest.mark.parametrize("cursor", ["supported = false", 'delivery = "at-most-once"'])
def test_whoever_cannot_resume_is_not_asked_to(tmp_path: Path, cursor: str) -> None:
    recipe = described(of(tmp_path, HEAD + CHANNELS + PUBLISH + f"cursor = {{ {cursor} }}\n"), {})

    assert not recipe.resumes
    assert recipe.subscribe("t", "7") == recipe.subscribe("t", "")


def test_publishers_that_give_ids_give_new_ones(tmp_path: Path) -> None:
    text = HEAD + CHANNELS + PUBLISH.replace('d = "{data}"', 'd = "{data}", id = "{id}"')
    recipe = described(of(tmp_path, text + 'cursor = { ids = "publisher" }\n'), {})

    bodies = {recipe.publish("t", b"{}").partition(b"\r\n\r\n")[2] for _ in range(2)}

    assert len(bodies) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "no publisher": (CHANNELS, "says of no way to publish"),
        "a program": (CHANNELS + 'publish = { driver = "exec", command = ["x"] }\n', "load needs 'http'"),
        "steps before": (CHANNELS + PUBLISH + '[[setup]]\npath = "/s"\n', "setup: load tests send no"),
        "a stream that ends": (CHANNELS.replace(" } }", " }, finite = true }") + PUBLISH, "cannot be held"),
        "one channel": ('subscribe = { path = "/s" }\n' + PUBLISH, "topics need a {channel}"),
        "a slip": (CHANNELS + PUBLISH + "cursr = {}\n", "cursr"),
    }.values(),
    ids=["no publisher", "a program", "steps before", "a stream that ends", "one channel", "a slip"],
)
def test_what_load_cannot_use_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TargetError) as refused:
        described(of(tmp_path, HEAD + text), {}, topics=True)

    assert said in str(refused.value)
    assert "target.toml: " in str(refused.value)


def test_a_url_is_a_host() -> None:
    with pytest.raises(TargetError, match="give a URL as --host"):
        described("http://127.0.0.1:8000", {})
