"""The fixtures for tests of applications: what comes is handed over once, and what does not come is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.connection import Connect, NoStreamError, NotInTimeError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
SOON = 0.1  # seconds
LATE = 20.0


@contextmanager
def answering(*parts: bytes, close: bool = False) -> Iterator[str]:
    """A server for one connection, which sends `parts` and stays; yields its URL."""
    done = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            for part in parts:
                connection.sendall(part)
            if not close:
                done.wait(LATE)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/events"
        finally:
            done.set()
            thread.join(LATE)


def test_events_are_taken_in_order_and_each_once(sse_connect: Connect) -> None:
    with answering(
        HEAD, b": hi\n\nid: 1\ndata: a\n\nevent: e\ndata: b\n\n", b"data: c\n\ndata: d\n\n"
    ) as url:
        stream = sse_connect(url)

        assert [event.data for event in stream.take(1)] == ["a"]
        assert stream.until(lambda event: event.data == "c", within=LATE).type == "message"
        assert [event.data for event in stream.take(1)] == ["d"]
        assert (stream.last_event_id, stream.comments, stream.ended) == ("1", (" hi",), False)


def test_what_did_not_come_is_told_with_what_came(sse_connect: Connect) -> None:
    with answering(HEAD, b"data: a\x1b\n\ndata: half") as url:
        stream = sse_connect(url)

        with pytest.raises(NotInTimeError) as told:
            stream.take(2, within=SOON)
        assert str(told.value) == (
            "2 events wanted, 1 came within 0.1 s:\n  message: a\\x1b"
            "\n  and 1 line that no blank line has closed"
        )
        assert len(stream.take(1)) == 1, "a miss takes nothing"


def test_a_wanted_event_that_does_not_come_is_told(sse_connect: Connect) -> None:
    with answering(HEAD, b"data: a\n\n" * 9, close=True) as url:
        stream = sse_connect(url)

        with pytest.raises(NotInTimeError, match="the wanted one, 9 came before the stream ended"):
            stream.until(lambda event: event.data == "b", within=LATE)
        assert stream.ended


def test_nothing_is_nothing_but_comments(sse_connect: Connect) -> None:
    with answering(HEAD, b": a\n\n") as url:
        sse_connect(url).nothing(SOON)
    with (
        answering(HEAD, b"data: a\n\n") as url,
        pytest.raises(NotInTimeError, match="no event wanted, 1 came"),
    ):
        sse_connect(url).nothing(LATE)


REFUSALS = {
    "an error": (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "403 Forbidden, without .*: no"),
    "a page": (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\n<", "text/html: <"),
}


@pytest.mark.parametrize(("answer", "told"), REFUSALS.values(), ids=REFUSALS)
def test_what_is_no_stream_is_refused_with_what_the_server_said(
    answer: bytes, told: str, sse_connect: Connect
) -> None:
    with answering(answer) as url, pytest.raises(NoStreamError, match=told):
        sse_connect(url)


def test_a_head_that_does_not_come_is_waited_for_until_the_deadline(sse_connect: Connect) -> None:
    with answering() as url, pytest.raises(NoStreamError, match=r"no response head within 0\.1 s"):
        sse_connect(url, within=SOON)


def test_nobody_there_is_told(sse_connect: Connect) -> None:
    with pytest.raises(NoStreamError, match="Connection refused"):
        sse_connect("http://127.0.0.1:1/")
