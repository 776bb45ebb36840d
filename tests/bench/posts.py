"""Connections that post: one request in flight on each, its answer awaited, its status checked."""

import re
import socket
import time
from collections.abc import Callable, Sequence

from tests.bench.pump import Pump
from tests.bench.server import BrokenError

__all__ = ["Poster", "publish"]

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
POST = "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n"
DEADLINE = 30.0  # seconds for an answer
POSTERS = 16


class Poster:
    """One connection."""

    def __init__(self, pump: Pump, port: int, path: str, answered: Callable[["Poster"], None]) -> None:
        self.since: float | None = None  # when the request that is in flight went out
        self.took = 0.0  # seconds that the last one took
        self._path = path
        self._answered = answered
        self._answer = b""
        self._pump = pump
        self._connection = socket.create_connection(("127.0.0.1", port), DEADLINE)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pump.add(self._connection, self._read)

    def post(self, body: bytes, type_: str = "application/json") -> None:
        head = POST.format(path=self._path, type=type_, length=len(body)).encode()
        self.since = time.monotonic()
        self._connection.sendall(head + body)

    def _read(self) -> None:
        data = self._connection.recv(65536)
        if not data:
            raise BrokenError(f"closed the connection of a POST to {self._path}")
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return
        found = LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 2") or not found:
            raise BrokenError(f"answered a POST to {self._path} with {self._answer[:200]!r}")
        if len(body) >= int(found[1]):
            assert self.since is not None, "an answer to nothing"
            self.took, self.since, self._answer = time.monotonic() - self.since, None, b""
            self._answered(self)

    def close(self) -> None:
        self._pump.drop(self._connection)
        self._connection.close()


def publish(
    pump: Pump, port: int, path: str, bodies: Sequence[bytes], rate: float, seconds: float
) -> list[float]:
    """Post one body after another at an even rate, whether or not answers come in time (open loop).

    Returns when each was due; what is late since all connections wait is late for its readers too. Gives up
    on what is not sent `seconds` after the last one was due.
    """
    free: list[Poster] = []
    posters = [Poster(pump, port, path, free.append) for _ in range(POSTERS)]
    free.extend(posters)
    start = time.monotonic() + 0.05
    due = [start + number / rate for number in range(len(bodies))]
    sent = 0
    while sent < len(bodies) and (now := time.monotonic()) < due[-1] + seconds:
        while free and sent < len(bodies) and due[sent] <= now:
            free.pop().post(bodies[sent])
            sent += 1
        wait = due[sent] - time.monotonic() if free and sent < len(bodies) else 0.05
        pump.turn(wait)
    until = time.monotonic() + seconds
    while len(free) < len(posters) and time.monotonic() < until:
        pump.turn(0.05)
    for poster in posters:
        poster.close()
    return due
