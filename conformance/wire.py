"""Connections over plain sockets, captured byte for byte by one thread. Judges nothing.

Sending is synchronous, in the caller's thread. A selector thread does nothing but `recv`, with a monotonic
stamp each time, so that a busy caller never blurs the times of what arrived.
"""

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar
from urllib.parse import urlsplit

from conformance.reading import Reading
from conformance.transcript import Arrival, Transcript

__all__ = ["CONNECT_SECONDS", "Peer", "Unreachable", "Wire", "WireStream"]

CONNECT_SECONDS = 5.0
RECV_BYTES = 65536
MOST_BYTES = 64 * 2**20  # of one capture; nothing that is judged needs more
DEFAULT_PORTS = {"http": 80, "https": 443}

T = TypeVar("T")


class Unreachable(Exception):  # noqa: N818 - a state of the target, not an error of ours
    """No connection; the message says to whom and why."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a URL leads."""

    host: str
    port: int
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str, *, verify: bool = True) -> Self:
        """Raises Unreachable for a URL that leads nowhere."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise Unreachable(f"{url!r} is not an http:// or https:// URL")
        try:
            port = parts.port or DEFAULT_PORTS[parts.scheme]
        except ValueError as error:
            raise Unreachable(f"{url!r}: {error}") from error
        return cls(parts.hostname, port, _context(verify=verify) if parts.scheme == "https" else None)

    def connect(self) -> socket.socket:
        """A connected socket, after the TLS handshake where there is one. Raises Unreachable."""
        try:
            plain = socket.create_connection((self.host, self.port), CONNECT_SECONDS)
        except OSError as error:
            raise Unreachable(f"{self.host}:{self.port}: {error.strerror or error}") from error
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is None:
            return plain
        try:
            return self.tls.wrap_socket(plain, server_hostname=self.host)
        except (OSError, ssl.SSLError) as error:
            plain.close()
            raise Unreachable(f"{self.host}:{self.port}: TLS: {error}") from error


def _context(*, verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class WireStream:
    """One connection that is being captured. `reading` is what came so far, understood."""

    def __init__(self, wire: "Wire", sock: socket.socket, begun: Transcript) -> None:
        self.wire = wire
        self.socket = sock
        self.closed = False  # by us
        self._begun = begun
        self._arrivals: list[Arrival] = []
        self._left = MOST_BYTES
        self._end = ""
        self._ended_at: float | None = None
        self._reading = Reading(begun)
        self._read = 0

    @property
    def reading(self) -> Reading:
        """Brought up to date. For the owner's thread only."""
        arrivals = self._arrivals[self._read :]
        for arrival in arrivals:
            self._reading.feed(arrival)
        self._read += len(arrivals)
        if self._end and self._read == len(self._arrivals):
            self._reading.finish()
        return self._reading

    @property
    def ended(self) -> bool:
        """The peer, or an error, has ended it."""
        return bool(self._end)

    @property
    def lasted(self) -> float:
        """Seconds since the request."""
        return (self._ended_at or time.monotonic()) - self._begun.opened

    @property
    def transcript(self) -> Transcript:
        """The record of it, so far."""
        begun = self._begun
        return Transcript(
            begun.label, begun.url, begun.request, begun.opened, tuple(self._arrivals), self._end, self.lasted
        )

    def wait(self, ready: Callable[[Reading], T | None], seconds: float) -> T | None:
        """What `ready` finds in the reading, as soon as it does; None after `seconds` or at the end."""

        def look() -> tuple[T | None, bool]:
            ended = self.ended  # asked first, so that the last bytes are looked at too
            found = ready(self.reading)
            return found, found is not None or ended

        found = self.wire.wait(lambda: outcome if (outcome := look())[1] else None, seconds)
        return found[0] if found else None

    def close(self) -> None:
        """Leave with a FIN. What was captured stays."""
        self._ended_at = self._ended_at or time.monotonic()
        self.closed = True
        self.wire.forget(self, self.socket)

    def receive(self) -> None:
        """Take what has come; the capture thread calls this."""
        while not self._end:
            try:
                data = self.socket.recv(RECV_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError as error:
                self._finish(error.strerror or str(error))
                return
            if not data:
                self._finish("eof")
                return
            self._arrivals.append(Arrival(time.monotonic() - self._begun.opened, data))
            self._left -= len(data)
            if self._left <= 0:
                self._finish(f"the capture is full: {MOST_BYTES >> 20} MiB")
                return
            if not isinstance(self.socket, ssl.SSLSocket):
                return  # only TLS may hold back what no selector sees

    def _finish(self, end: str) -> None:
        self._ended_at = time.monotonic()
        self._end = end


class Wire:
    """The capture thread and the streams that it watches. A context manager."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._watched = threading.Lock()  # a socket is read, or closed, never both at once
        self._changed = threading.Condition()
        self._rounds = 0  # of the thread; a waiter looks again after each
        self._streams: set[WireStream] = set()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._running = True
        self._thread = threading.Thread(target=self._capture, name="capture", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, peer: Peer, request: bytes, *, label: str, url: str) -> WireStream:
        """Connect, send `request`, and watch what comes back. Raises Unreachable."""
        sock = peer.connect()
        try:
            sock.sendall(request)
        except OSError as error:
            sock.close()
            raise Unreachable(f"{peer.host}:{peer.port}: {error.strerror or error}") from error
        sock.setblocking(False)
        stream = WireStream(self, sock, Transcript(label, url, request, time.monotonic()))
        with self._watched:
            self._streams.add(stream)
            self._selector.register(sock, selectors.EVENT_READ, stream)
        self._wake.send(b"\0")  # TLS may hold bytes already
        return stream

    def wait(self, ready: Callable[[], T | None], seconds: float) -> T | None:
        """What `ready` returns, asked after every arrival; None after `seconds` or once closed."""
        deadline = time.monotonic() + seconds
        while True:
            rounds = self._rounds
            if (found := ready()) is not None:
                return found
            if (left := deadline - time.monotonic()) <= 0 or not self._running:
                return None
            with self._changed:  # not around `ready`: the thread must never wait for a parser
                if self._rounds == rounds:
                    self._changed.wait(left)

    def forget(self, stream: WireStream, sock: socket.socket) -> None:
        """Watch `stream` no longer, and close its socket."""
        with self._watched:
            if stream in self._streams:
                self._streams.remove(stream)
                self._unregister(sock)
            sock.close()

    def close(self) -> None:
        """Close every stream and end the thread."""
        for stream in tuple(self._streams):
            stream.close()
        self._running = False
        self._wake.send(b"\0")
        self._thread.join()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def _capture(self) -> None:
        while self._running:
            ready = self._selector.select()
            with self._watched:
                for key, _ in ready:
                    if key.data is None:
                        self._woken.recv(RECV_BYTES)
                    elif key.data in self._streams:
                        key.data.receive()
                        if key.data.ended:
                            self._unregister(key.data.socket)
            with self._changed:
                self._rounds += 1
                self._changed.notify_all()

    def _unregister(self, sock: socket.socket) -> None:
        with contextlib.suppress(KeyError):  # a stream that has ended is not watched any more
            self._selector.unregister(sock)
