"""A first target file: it loads as it stands, and promises what was seen, and no more."""

import tomllib
from collections.abc import Sequence
from typing import Any

from conformance.captures.quiet import Quiet, beats_of
from conformance.probe import Probe
from conformance.reading import Reading
from conformance.target import load, loads
from conformance.target.draft import draft
from conformance.transcript import Arrival, Transcript

URL = "http://127.0.0.1:8000/events/all?topic=a%20b&x={y}"
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nServer: nice/1.2\r\nContent-Type: text/event-stream\r\n\r\n"
GREETING = b"event: hello\ndata: x\n\n"
BEAT = b": ping\n\n"


def reading(*parts: tuple[float, bytes]) -> Reading:
    arrivals = tuple(Arrival(seconds, data) for seconds, data in parts)
    return Reading.of(Transcript("a test", URL, REQUEST, 0.0, arrivals, "", 10.0))


def written(
    *parts: tuple[float, bytes], replayed: bool | None = None, stranger: Sequence[bytes] = (HEAD,)
) -> tuple[str, dict[str, Any]]:
    """The text, and the table that it is."""
    first = reading(*parts)
    quiet = Quiet(first, beats_of(first, load(URL, {})), 1.0, 10.0, len(first.events))
    ids = tuple(event.last_event_id for event in first.events if event.last_event_id)
    text = draft(URL, Probe(quiet, ids, replayed, reading(*((0.0, part) for part in stranger))))
    loads(text, {}, "the draft")
    return text, tomllib.loads(text)


def test_nothing_seen_is_nothing_promised() -> None:
    text, table = written((0.0, HEAD))

    assert sorted(table) == ["schema", "subscribe", "target"]
    assert table["target"] == {
        "name": "127.0.0.1:8000",
        "version": "nice/1.2",
        "base_url": "http://127.0.0.1:8000",
    }
    assert table["subscribe"] == {"path": "/events/all", "query": {"topic": "a b", "x": "%7By%7D"}}
    assert "# [publish]" in text


def test_a_greeting_is_what_comes_at_once_and_never_again() -> None:
    _, table = written((0.0, HEAD), (0.01, GREETING + b"data: y\n\n: hi\n\n"), (1.0, b"data: y\n\n"))

    assert table["subscribe"]["greeting"] == [{"comment": True}, {"event": "hello"}]
    assert table["subscribe"]["traffic"] == "ambient"


def test_a_heartbeat_is_declared_with_its_interval() -> None:
    _, table = written((0.0, HEAD), *((15.0 * number, BEAT) for number in range(1, 4)))

    assert table["heartbeat"] == {"interval": "15s", "kind": "comment"}


def test_an_event_that_comes_again_is_traffic_for_all_that_is_known() -> None:
    _, table = written((0.0, HEAD), *((15.0 * number, b"event: beat\ndata:\n\n") for number in range(1, 4)))

    assert table["subscribe"]["traffic"] == "ambient"
    assert "heartbeat" not in table


def test_one_beat_tells_no_interval() -> None:
    text, table = written((0.0, HEAD), (5.0, BEAT))

    assert "heartbeat" not in table
    assert "fewer than two comments came in 10 s" in text


def test_a_cursor_that_works_is_declared() -> None:
    event = b"id: 1\ndata: x\n\n"
    _, table = written(
        (0.0, HEAD), (1.0, event), replayed=True, stranger=(HEAD, b"event: reset\ndata: {}\n\n")
    )

    assert table["cursor"] == {"header": True, "unknown": "signal", "signal": {"event": "reset"}}


def test_a_cursor_that_is_refused_or_of_no_use_is_declared_so() -> None:
    refused = b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n"
    _, rejecting = written((0.0, HEAD), replayed=True, stranger=(refused,))
    _, without = written((0.0, HEAD), replayed=False)

    assert rejecting["cursor"] == {"header": True, "unknown": "reject"}
    assert without["cursor"] == {"supported": False}


def test_what_the_server_calls_itself_stays_harmless() -> None:
    head = b'HTTP/1.1 200 OK\r\nServer: a"\\x\xff\r\nContent-Type: text/event-stream\r\n\r\n'
    _, table = written((0.0, head), (0.01, b"event: \x1b[2J\ndata: x\n\n"))

    assert table["target"]["version"] == 'a"\\xÿ'
    assert table["subscribe"]["greeting"] == [{"event": "\\x1b[2J"}]
