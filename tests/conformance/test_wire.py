"""Capturing over real sockets: exact bytes, times that do not depend on the caller, deadlines."""

import socket
import time
from collections.abc import Iterator

import pytest

from conformance.wire import Peer, Unreachable, Wire, WireStream

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWER = b"HTTP/1.0 200 OK\r\n\r\n"
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


def opened(wire: Wire, listener: socket.socket) -> tuple[WireStream, socket.socket]:
    stream = wire.open(Peer.of(url(listener)), REQUEST, label="test", url=url(listener))
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


@pytest.mark.parametrize("address", ["ftp://x/", "http://", "http://x:99999/", "http://127.0.0.1:1/"])
def test_a_peer_that_is_not_there_is_said_to_be_so(address: str) -> None:
    with pytest.raises(Unreachable):
        Peer.of(address).connect()


def test_a_capture_is_bounded(wire: Wire, listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.wire.MOST_BYTES", 100_000)
    stream, connection = opened(wire, listener)
    with connection:
        connection.sendall(ANSWER + b":" * 150_000)

        stream.wait(lambda _: None, SECONDS)

    assert stream.transcript.end.startswith("the capture is full")
    assert sum(len(arrival.data) for arrival in stream.transcript.arrivals) < 100_000 + 65_536
