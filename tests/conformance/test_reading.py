"""Bytes of one connection, as HTTP and as events; in one piece, and a byte at a time."""

from collections.abc import Callable

import pytest

from conformance.reading import Reading
from conformance.transcript import Arrival, Transcript

GET = b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 Fine\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSED = b"HTTP/1.0 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nX: 1\r\nx: 2\r\n\r\n"


def reading(*pieces: bytes, request: bytes = GET, end: str = "") -> Reading:
    """What came, a piece a second."""
    arrivals = tuple(Arrival(float(number), piece) for number, piece in enumerate(pieces, 1))
    return Reading.of(Transcript("test", "http://x/events", request, 0.0, arrivals, end, len(pieces) + 1.0))


def bytes_of(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


@pytest.mark.parametrize("cut", [lambda data: [data], bytes_of], ids=["whole", "by bytes"])
def test_chunks_become_a_body_and_events(cut: Callable[[bytes], list[bytes]]) -> None:
    stream = CHUNKED + b"9\r\ndata: x\n\n\r\n" + b"4;a=b\r\n: b\n\r\n" + b"0\r\n\r\n"

    read = reading(*cut(stream), end="eof")

    assert read.head is not None
    assert (read.head.status, read.head.version, read.head.line) == (200, "1.1", "HTTP/1.1 200 Fine")
    assert read.head.raw == CHUNKED.removesuffix(b"\r\n\r\n")
    assert bytes(read.body) == b"data: x\n\n: b\n"
    assert [event.data for event in read.events] == ["x"]
    assert (read.complete, read.malformed) == (True, "")


def test_a_body_may_end_with_the_connection() -> None:
    read = reading(CLOSED, b"data: x\n\n", end="eof")

    assert read.head is not None
    assert (read.head.media_type, read.head.all("X"), read.complete) == (
        "text/event-stream",
        ["1", "2"],
        True,
    )


def test_a_stream_that_is_cut_off_is_not_complete() -> None:
    read = reading(CHUNKED, b"9\r\ndata: x", end="eof")

    assert (read.complete, read.malformed, bytes(read.body)) == (False, "", b"data: x")


def test_every_byte_has_its_time() -> None:
    read = reading(CLOSED, b"data: ", b"x\n", b"\n")

    assert [read.seconds_at(at) for at in (0, 5, 6, 8)] == [2.0, 2.0, 3.0, 4.0]
    assert read.dispatched(read.events[0]) == 4.0


def test_a_body_after_head_is_seen() -> None:
    read = reading(CHUNKED + b"4\r\n", b": x\n", request=HEAD)

    assert (read.complete, read.after, bytes(read.body)) == (True, b"4\r\n: x\n", b"")


def test_an_interim_response_is_no_head() -> None:
    read = reading(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + CLOSED)

    assert read.head is not None
    assert read.head.raw == CLOSED.removesuffix(b"\r\n\r\n")


def test_what_is_not_http_is_said_to_be_so() -> None:
    read = reading(b"220 mail.example ESMTP\r\n\r\n")

    assert read.head is None
    assert "illegal status line" in read.malformed
