"""The encoder, by literal bytes."""

import pytest

from reference_server import wire
from reference_server.wire import Event

CASES = {
    "data alone": (Event("a"), b"data: a\n\n"),
    "all fields": (
        Event("a", "tick", "e-7", 2000, "hello"),
        b": hello\nid: e-7\nevent: tick\nretry: 2000\ndata: a\n\n",
    ),
    "empty data": (Event(""), b"data: \n\n"),
    "an empty id resets the client's": (Event("a", id=""), b"id: \ndata: a\n\n"),
    "LF": (Event("a\nb"), b"data: a\ndata: b\n\n"),
    "CR": (Event("a\rb"), b"data: a\ndata: b\n\n"),
    "CRLF": (Event("a\r\nb"), b"data: a\ndata: b\n\n"),
    "CR CRLF": (Event("a\r\r\nb"), b"data: a\ndata: \ndata: b\n\n"),
    "LF at the end": (Event("a\n"), b"data: a\ndata: \n\n"),
    "a blank in front": (Event(" a"), b"data:  a\n\n"),
    "looks like a field": (Event("id: 7"), b"data: id: 7\n\n"),
    "looks like a comment": (Event(":a"), b"data: :a\n\n"),
    "other line ends stay": (Event("a\u2028b\x85c\x0bd"), "data: a\u2028b\x85c\x0bd\n\n".encode()),
    "four bytes": (Event("😀"), b"data: \xf0\x9f\x98\x80\n\n"),
}


@pytest.mark.parametrize(("event", "block"), CASES.values(), ids=CASES)
def test_an_event_becomes_its_block(event: Event, block: bytes) -> None:
    assert wire.encode(event) == block


ONE_LINE = {
    "event": lambda text: Event("", event=text),
    "id": lambda text: Event("", id=text),
    "comment": lambda text: Event("", comment=text),
}


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "\n"])
@pytest.mark.parametrize("field", ONE_LINE)
def test_a_field_of_one_line_takes_one_line(field: str, text: str) -> None:
    with pytest.raises(ValueError, match="must not hold CR, LF or NUL"):
        wire.encode(ONE_LINE[field](text))


def test_the_small_blocks() -> None:
    assert wire.HEARTBEAT == b":\n\n"
    assert wire.position("e-7") == b"id: e-7\n\n"
    assert wire.retry(2000) == b"retry: 2000\n\n"


def test_a_chunk_has_its_length_in_hex() -> None:
    assert wire.chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
