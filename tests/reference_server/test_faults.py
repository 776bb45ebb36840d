"""Each fault does its one thing wrong, and says so in literal bytes; all else is as it should be."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import fields
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from reference_server import wire
from reference_server.cursor import Place, Reset, locate
from reference_server.faults import FAULTS
from reference_server.limits import Limits
from reference_server.parts import Parts
from reference_server.serving import serving
from reference_server.settings import Settings
from reference_server.wire import Event
from tests.conftest import DEADLINE

ENCODED = {
    "never-closed": (Event("a"), b"data: a\n"),
    "unknown-field": (Event("a"), b"channel: x\ndata: a\n\n"),
    "blank-before-event": (Event("a"), b"\ndata: a\n"),
    "latin1": (Event("é"), b"data: \xe9\n\n"),
    "empty-data-dropped": (Event("", id="7"), b"id: 7\n\n"),
    "lf-in-data": (Event("a\nb\rc"), b"data: a\nb\ndata: c\n\n"),
    "cr-in-data": (Event("a\rb\nc"), b"data: a\rb\ndata: c\n\n"),
    "no-space": (Event(" a\nb", "e"), b"event: e\ndata: a\ndata:b\n\n"),
    "splitlines-data": (Event("a\u2028b\x0bc\n"), b"data: a\ndata: b\ndata: c\ndata: \n\n"),
    "lf-in-event": (Event("a", "e\ndata: evil"), b"event: e\ndata: evil\ndata: a\n\n"),
    "no-ids": (Event("a", "e", "7"), b"event: e\ndata: a\n\n"),
}
DIFFERENT = {"never-closed", "unknown-field", "blank-before-event", "no-space"}  # whatever the event
HARMLESS = Event("a", "e", comment="c")  # nothing in it that most encoders could do wrong


@pytest.mark.parametrize("name", ENCODED)
def test_an_encoder_does_its_one_thing_wrong(name: str) -> None:
    event, block = ENCODED[name]

    assert FAULTS[name].parts.encode(event) == block


@pytest.mark.parametrize("name", sorted(ENCODED.keys() - DIFFERENT))
def test_an_encoder_does_all_else_right(name: str) -> None:
    block = FAULTS[name].parts.encode(HARMLESS)

    assert sorted(block.split(b"\n")) == sorted(wire.encode(HARMLESS).split(b"\n"))


class Held(NamedTuple):
    """What some log holds."""

    epoch: str = "e"
    oldest: int = 5
    newest: int = 9


LOCATED = {
    "replay-inclusive": {
        "e-7": Place(6),
        "e-9": Place(8),
        "": Place(9),
        "x-1": Place(9, Reset("epoch", "x-1")),
    },
    "unknown-silent": {"x": Place(9), "e-7": Place(7), "e-1": Place(9, Reset("evicted", "e-1"))},
    "cursor-500": {"e-7": Place(7), "x": Place(9, Reset("unknown", "x"))},
}


@pytest.mark.parametrize(("name", "asked"), [(name, asked) for name in LOCATED for asked in LOCATED[name]])
def test_a_resume_begins_at_the_wrong_place(name: str, asked: str) -> None:
    assert FAULTS[name].parts.locate(asked, Held()) == LOCATED[name][asked]


def test_heartbeats_do_harm() -> None:
    beats = {name: fault.parts.heartbeat() for name, fault in FAULTS.items()}

    assert {name: beat for name, beat in beats.items() if beat != b":\n\n"} == {
        "no-heartbeat": b"",
        "heartbeat-as-data": b"data: heartbeat\n\n",
        "heartbeat-with-id": b":\nid: heartbeat\n\n",
    }


def test_a_line_end_in_an_event_name_is_accepted() -> None:
    item = FAULTS["lf-in-event"].parts.read_publication(b'{"data":"x","event":"a\\nb"}', "c", Limits())

    assert item.event == "a\nb"


def sent(name: str, request: bytes, play: Callable[[str], Any] = lambda _: None) -> bytes:
    """What a server with this fault sends for raw bytes until it is silent; `play` runs between."""

    def talk(url: str) -> bytes:
        at = urlsplit(url)
        got = b""
        with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as peer:
            peer.sendall(request)
            play(url)
            peer.settimeout(0.3)
            try:
                while data := peer.recv(65536):
                    got += data
            except TimeoutError:
                return got
        return got

    async def main() -> bytes:
        async with serving(Settings(port=0, parts=FAULTS[name].parts, retry=0)) as url:
            return await asyncio.to_thread(talk, url)

    return asyncio.run(main())


def publish(url: str) -> None:
    httpx.post(f"{url}/events/c", json={"data": "x"}).raise_for_status()


GET = b"GET /events/c HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_heads_are_wrong_in_one_thing() -> None:
    heads = {
        name: sent(name, GET).partition(b"\r\n\r\n")[0]
        for name in ("status-202", "text-plain", "content-length")
    }

    assert heads["status-202"].startswith(b"HTTP/1.1 202 ")
    assert b"Content-Type: text/event-stream" in heads["status-202"]
    assert b"Content-Type: text/plain" in heads["text-plain"]
    assert b"Content-Length: 1000000000" in heads["content-length"]
    assert b"Transfer-Encoding" not in heads["content-length"]


def test_a_late_head_comes_with_the_first_event() -> None:
    assert sent("late-head", GET) == b""
    got = sent("late-head", GET, publish)
    assert got.startswith(b"HTTP/1.1 200 OK\r\n")
    assert got.endswith(b"data: x\n\n\r\n")


def test_head_is_answered_with_a_stream() -> None:
    head, _, body = sent("head-streams", GET.replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body.startswith(b"id: ")


def test_an_odd_cursor_fails_the_request() -> None:
    got = sent("cursor-500", GET.replace(b"\r\n\r\n", b"\r\nLast-Event-ID: \xc3\xa9\r\n\r\n"))

    assert got.startswith(b"HTTP/1.1 500 ")


def test_every_fault_replaces_something_and_names_its_rows() -> None:
    for fault in FAULTS.values():
        replaced = [
            each.name
            for each in fields(Parts)
            if getattr(fault.parts, each.name) != getattr(Parts(), each.name)
        ]
        assert replaced
        assert fault.caught_by
        assert fault.help.endswith(".")


def test_the_correct_parts_are_the_default() -> None:
    assert (Parts().encode, Parts().locate) == (wire.encode, locate)
