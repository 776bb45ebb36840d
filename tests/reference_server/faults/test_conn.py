"""Faults of connections, caps and restarts, over real sockets; all else is as it should be."""

import http.client
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import DEADLINE, Serve, Served

OK, FULL = 200, 503


@contextmanager
def stream(served: Served, cursor: str = "") -> Iterator[http.client.HTTPResponse]:
    at = urlsplit(served.url)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=DEADLINE)
    connection.request("GET", "/events/c", headers={"Last-Event-ID": cursor} if cursor else {})
    try:
        yield connection.getresponse()
    finally:
        connection.close()


def metric(served: Served, name: str) -> float:
    found = re.search(rf"^{name} (\S+)$", httpx.get(f"{served.url}/metrics").text, re.MULTILINE)
    assert found, name
    return float(found[1])


def settled(served: Served, subscribers: int) -> bool:
    deadline = time.monotonic() + DEADLINE
    while (now := metric(served, "eventbahn_subscribers")) != subscribers and time.monotonic() < deadline:
        time.sleep(0.02)
    return now == subscribers


def leave(served: Served, *, reset: bool) -> None:
    at = urlsplit(served.url)
    with socket.create_connection((at.hostname or "", at.port or 0), DEADLINE) as sock:
        sock.sendall(b"GET /events/c HTTP/1.1\r\nHost: " + at.netloc.encode() + b"\r\n\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 200")
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("fault", "left_by_fin", "left_by_reset"), [("leak-on-close", 1, 2), ("leak-on-reset", 0, 1)]
)
def test_who_has_left_is_still_counted(
    fault: str, left_by_fin: int, left_by_reset: int, serve: Serve
) -> None:
    served = serve("--fault", fault)

    leave(served, reset=False)
    assert settled(served, left_by_fin)
    leave(served, reset=True)
    time.sleep(0.1)  # for the server to see it, which changes nothing
    assert settled(served, left_by_reset)


@pytest.mark.parametrize(
    ("fault", "name", "each"),
    [("descriptor-leak", "process_open_fds", 1), ("memory-leak", "process_resident_memory_bytes", 50_000)],
)
def test_each_stream_leaves_something(fault: str, name: str, each: int, serve: Serve) -> None:
    served = serve("--fault", fault)
    leave(served, reset=False)
    assert settled(served, 0)
    before = metric(served, name)

    for _ in range(100):
        leave(served, reset=False)

    assert settled(served, 0)
    assert metric(served, name) - before >= 90 * each


@pytest.mark.parametrize(
    ("fault", "tail"),
    {
        "shutdown-mid-event": b"event: goodbye\n",
        "shutdown-cuts": None,
    }.items(),
    ids=["mid-event", "cut"],
)
def test_streams_end_badly(fault: str, tail: bytes | None, serve: Serve) -> None:
    served = serve("--fault", fault)
    with stream(served) as response:
        head = response.read1()
        served.process.terminate()

        if tail is None:
            with pytest.raises(http.client.IncompleteRead):
                response.read()
        else:
            assert (head + response.read()).endswith(b"\n\n" + tail)


@pytest.fixture
def one(tmp_path: Path) -> list[str]:
    """Options that let in one subscriber."""
    (tmp_path / "limits.toml").write_text("[limits]\nsubscribers = 1\n")
    return ["--config", str(tmp_path / "limits.toml")]


def test_a_full_server_does_not_say_when_to_come_again(serve: Serve, one: list[str]) -> None:
    served = serve(*one, "--fault", "cap-without-retry-after")

    with stream(served), stream(served) as second:
        assert (second.status, second.getheader("Retry-After")) == (FULL, None)


def test_a_full_server_drops_the_oldest(serve: Serve, one: list[str]) -> None:
    served = serve(*one, "--fault", "cap-kills-oldest")

    with stream(served) as first, stream(served) as second:
        assert (first.status, second.status) == (OK, OK)
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            first.read()


def test_a_server_that_was_full_stays_closed(serve: Serve, one: list[str]) -> None:
    served = serve(*one, "--fault", "cap-sticks")
    with stream(served) as first, stream(served) as second:
        assert (first.status, second.status) == (OK, FULL)
    assert settled(served, 0)

    with stream(served) as third:
        assert (third.status, third.getheader("Retry-After")) == (FULL, "5")


@pytest.mark.parametrize(
    ("fault", "same"), [("ids-reset-on-restart", True), ("history-lost-on-restart", False)]
)
def test_a_restart_forgets(fault: str, same: bool, serve: Serve, tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        served = serve("--fault", fault, log=f"sqlite:{tmp_path / 'log.db'}")
        ids.append(httpx.post(f"{served.url}/events/c", json={"data": "x"}).json()["id"])
        served.process.terminate()
        served.process.wait(DEADLINE)

    assert (ids[0] == ids[1]) is same
    assert [id_.partition("-")[2] for id_ in ids] == ["1", "1"]
