"""A client for tests: one stream over a socket, its bytes as they came, its events as the oracle reads."""

import http.client
import socket
import ssl
import time
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import urlsplit

from conformance.eventstream import Event, EventStream
from tests.conftest import DEADLINE


class Listener:
    """An open stream; every wait fails after the deadline."""

    trusting: ClassVar[ssl.SSLContext | None] = None  # for https

    def __init__(self, url: str, path: str = "/events", last_id: str | None = None, **headers: str) -> None:
        at = urlsplit(url)
        self.connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=DEADLINE)
        if at.scheme == "https":
            self.connection = http.client.HTTPSConnection(
                at.hostname or "", at.port, timeout=DEADLINE, context=self.trusting
            )
        cursor = {} if last_id is None else {"Last-Event-ID": last_id}
        self.connection.request("GET", path, headers={**cursor, **headers})
        self.response = self.connection.getresponse()
        self.raw = b""
        self.events: list[Event] = []
        self.oracle = EventStream()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.response.close()
        self.connection.close()

    def read(self) -> bool:
        """Read once; False at the end of the body."""
        data = self.response.read1(65536)
        self.raw += data
        self.events += self.oracle.feed(data)
        return bool(data)

    def take(self, count: int) -> list[Event]:
        """The first `count` events, when they are there."""
        end = time.monotonic() + DEADLINE
        while len(self.events) < count:
            assert time.monotonic() < end, f"{len(self.events)} of {count} events: {self.raw[-500:]!r}"
            assert self.read(), f"the stream ended after {len(self.events)} of {count} events"
        return self.events[:count]

    def until(self, mark: bytes) -> bytes:
        """All bytes so far, when `mark` is among them."""
        end = time.monotonic() + DEADLINE
        while mark not in self.raw:
            assert time.monotonic() < end, f"no {mark!r} in {self.raw[-500:]!r}"
            assert self.read(), f"the stream ended without {mark!r}: {self.raw[-500:]!r}"
        return self.raw

    def rest(self) -> bytes:
        """All bytes up to a clean end: http.client raises IncompleteRead without the zero chunk."""
        while self.read():
            pass
        return self.raw

    @property
    def position(self) -> str:
        """The cursor that this client would come back with."""
        return self.oracle.last_event_id


def stalled(url: str, path: str, tls: ssl.SSLContext | None = None) -> socket.socket:
    """A subscriber that reads nothing, with a window so small that the server notices soon."""
    at = urlsplit(url)
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)
    peer.settimeout(DEADLINE)
    peer.connect((at.hostname, at.port))
    if tls:
        peer = tls.wrap_socket(peer, server_hostname=at.hostname)
    peer.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return peer
