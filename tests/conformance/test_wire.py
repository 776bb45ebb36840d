"""Capturing over real sockets: exact bytes, times that do not depend on the caller, deadlines."""

import contextlib
import socket
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from conformance.peer import STALLED, USUAL, Manner, Peer
from conformance.reading import Reading
from conformance.wire import Wire, WireStream

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = b"HTTP/1.0 200 OK\r\n\r\n"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"6\r\ndata: \r\n5\r\none\n\n\r\n11\r\nid: 1\ndata: two\n\n\r\n"
)
SECONDS = 10.0


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as wire:
        yield wire


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        yield listener


def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


def opened(wire: Wire, listener: socket.socket, manner: Manner = USUAL) -> tuple[WireStream, socket.socket]:
    stream = wire.open(Peer.of(url(listener)), REQUEST, label="test", url=url(listener), manner=manner)
    connection, _ = listener.accept()
    assert connection.recv(1024) == REQUEST
    return stream, connection


def test_what_came_is_kept_with_its_end(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener)
    with connection:
        connection.sendall(ANSWER + b"data: x\n\n")

    assert stream.wait(lambda reading: reading.complete or None, SECONDS)
    transcript = stream.transcript
    assert b"".join(arrival.data for arrival in transcript.arrivals) == ANSWER + b"data: x\n\n"
    assert (transcript.end, transcript.request) == ("eof", REQUEST)


def test_times_are_those_of_arrival_and_not_of_reading(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener)
    with connection:
        connection.sendall(ANSWER)
        sent = time.monotonic()
        time.sleep(0.3)  # busy with something else
        stream.wait(lambda reading: reading.head, SECONDS)

        arrived = stream.transcript.opened + stream.transcript.arrivals[0].seconds
        assert arrived - sent < 0.25


def test_a_wait_ends_at_its_deadline_and_at_the_end_of_the_stream(
    wire: Wire, listener: socket.socket
) -> None:
    stream, connection = opened(wire, listener)

    assert stream.wait(lambda reading: reading.head, 0.05) is None
    connection.close()
    begun = time.monotonic()
    assert stream.wait(lambda reading: reading.head, SECONDS) is None
    assert time.monotonic() - begun < SECONDS / 2


def test_a_closed_stream_is_a_fin_to_the_server(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener)
    with connection:
        connection.settimeout(SECONDS)
        stream.close()

        assert connection.recv(1) == b""
    assert stream.transcript.end == ""


def missing(body: int) -> Callable[[Reading], int]:
    """How many bytes it takes until there are `body` of the body."""
    return lambda reading: body - len(reading.body)


@pytest.mark.parametrize("count", [1, 5, 9, 17])
def test_a_stream_is_read_to_an_exact_byte_and_no_further(
    wire: Wire, listener: socket.socket, count: int
) -> None:
    stream, connection = opened(wire, listener, Manner(paused=True))
    with connection:
        connection.sendall(CHUNKED)

        assert stream.read(missing(count), SECONDS)
        assert bytes(stream.reading.body) == b"data: one\n\nid: 1\n"[:count]


def test_reading_to_a_byte_that_does_not_come_ends_in_time(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener, Manner(paused=True))
    with connection:
        connection.sendall(ANSWER + b"data")

        assert not stream.read(missing(5), 0.05)
        connection.sendall(b"!")
        assert stream.read(missing(5), SECONDS)
        connection.close()
        assert not stream.read(missing(6), SECONDS)


def test_a_paused_stream_reads_nothing_until_it_is_told_to(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener, Manner(paused=True))
    with connection:
        connection.sendall(ANSWER)

        assert stream.wait(lambda reading: reading.head, 0.05) is None
        stream.resume()
        assert stream.wait(lambda reading: reading.head, SECONDS)
        stream.pause()
        connection.sendall(b"data: x\n\n")
        assert stream.wait(lambda reading: reading.events or None, 0.05) is None
        stream.resume()
        assert stream.wait(lambda reading: reading.events or None, SECONDS)


@pytest.mark.skipif(sys.platform != "linux", reason="segments are sized before the connect: Linux only")
def test_a_stalled_reader_blocks_its_peer_early(wire: Wire, listener: socket.socket) -> None:
    blocked = {manner: _taken(*opened(wire, listener, manner)) for manner in (STALLED, Manner(paused=True))}

    assert blocked[STALLED] < 200_000 < blocked[Manner(paused=True)]


def _taken(stream: WireStream, connection: socket.socket) -> int:
    """How much the peer can send while nobody reads; all of it is there when somebody does."""
    connection.setblocking(False)
    sent = 0
    with connection:
        with contextlib.suppress(BlockingIOError):
            while sent < 2**24:
                sent += connection.send(bytes(4096))
        connection.shutdown(socket.SHUT_WR)
        stream.resume()
        stream.wait(lambda _: None, SECONDS)
    assert sum(len(arrival.data) for arrival in stream.transcript.arrivals) == sent
    return sent


def test_a_stream_that_is_left_with_bytes_unread_is_still_a_fin(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener, Manner(paused=True))
    with connection:
        connection.settimeout(SECONDS)
        connection.sendall(ANSWER)
        stream.close()

        assert connection.recv(1) == b""


def test_a_reset_is_one_to_the_server(wire: Wire, listener: socket.socket) -> None:
    stream, connection = opened(wire, listener)
    with connection:
        connection.settimeout(SECONDS)
        stream.close(reset=True)

        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_a_capture_is_bounded(wire: Wire, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.wire.MOST_BYTES", 100_000)
    stream, connection = opened(wire, listener)
    with connection:
        connection.sendall(ANSWER + b":" * 150_000)

        stream.wait(lambda _: None, SECONDS)

    assert stream.transcript.end.startswith("the capture is full")
    assert sum(len(arrival.data) for arrival in stream.transcript.arrivals) < 100_000 + 65_536
