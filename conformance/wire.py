"""Connections over plain sockets, captured byte for byte by one thread. Judges nothing.

Sending is synchronous, in the caller's thread. A selector thread does nothing but `recv`, with a monotonic
stamp each time, so that a busy caller never blurs the times of what arrived. A stream can be paused, read to
an exact byte, and left with a FIN or a reset.
"""

import contextlib
import selectors
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from typing import Self, TypeVar

from conformance.peer import USUAL, Manner, Peer, Unreachable
from conformance.reading import Reading
from conformance.transcript import Arrival, Transcript

__all__ = ["Wire", "WireStream"]

RECV_BYTES = 65536
MOST_BYTES = 32 * 2**20  # of one capture; nothing that is judged needs more
MOST_OF_ALL = 2 * MOST_BYTES  # of all captures of a wire: what is read is held several times over
UNREAD_BYTES = 2**20  # that are taken in before a FIN, at most
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no time at all

T = TypeVar("T")


class WireStream:
    """One connection that is being captured. `reading` is what came so far, understood."""

    def __init__(self, wire: "Wire", sock: socket.socket, begun: Transcript, *, paused: bool = False) -> None:
        self.wire = wire
        self.socket = sock
        self.closed = False  # by us
        self._begun = begun
        self._arrivals: list[Arrival] = []
        self._left = MOST_BYTES
        self._allowed = 0 if paused else None  # how many bytes may be read; None: any
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

    def pause(self) -> None:
        """Read no more, so that the peer has to stop when the buffers between are full."""
        self.wire.allow(self, 0)

    def resume(self) -> None:
        """Read on."""
        self.wire.allow(self, None)

    def read(self, missing: Callable[[Reading], int], seconds: float) -> bool:
        """Read a paused stream to an exact byte: as long as `missing` says how many more it takes, at least.

        Paused again then. False if the place was not reached: `seconds` were over, or the stream has ended.
        """
        deadline = time.monotonic() + seconds
        while (count := missing(self.reading)) > 0:
            self.wire.allow(self, count)
            self.wire.wait(lambda: None if self.reads else True, deadline - time.monotonic())
            if self.reads or (self.ended and missing(self.reading) > 0):
                self.pause()
                return False
        return True

    def send(self, request: bytes) -> None:
        """One more request on the same connection, small enough to be taken at once. Raises Unreachable."""
        try:
            self.wire.send(self, request)
        except OSError as error:
            raise Unreachable(f"the connection takes no more: {error.strerror or error}") from error

    def close(self, *, reset: bool = False) -> None:
        """Leave with a FIN, or a RST. What was captured stays."""
        self._ended_at = self._ended_at or time.monotonic()
        self.closed = True
        self.wire.forget(self, self.socket, reset=reset)

    @property
    def reads(self) -> bool:
        """Neither ended nor paused."""
        return not self._end and self._allowed != 0

    def allow(self, most: int | None) -> None:
        """How many bytes may be read from now on; the wire calls this."""
        self._allowed = most

    def receive(self) -> None:
        """Take what has come; the capture thread calls this."""
        while self.reads:
            try:
                data = self.socket.recv(min(RECV_BYTES, self._allowed or RECV_BYTES))
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
            self.wire.left -= len(data)
            if self._allowed is not None:
                self._allowed -= len(data)
            if self._left <= 0:
                self._finish(f"the capture is full: {MOST_BYTES >> 20} MiB")
                return
            if self.wire.left <= 0:
                self._finish(f"all captures are full: {MOST_OF_ALL >> 20} MiB")
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
        self.left = MOST_OF_ALL  # bytes
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._running = True
        self._thread = threading.Thread(target=self._capture, name="capture", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(
        self,
        peer: Peer,
        request: bytes,
        *,
        label: str,
        url: str,
        manner: Manner = USUAL,
        shown: bytes | None = None,
    ) -> WireStream:
        """Connect, send `request`, and watch what comes back. Raises Unreachable, Unsupported.

        `shown` is what the transcript has in its place, where the request holds a secret.
        """
        sock = peer.connect(manner)
        try:
            sock.sendall(request)
        except OSError as error:
            sock.close()
            raise Unreachable(f"{peer.host}:{peer.port}: {error.strerror or error}") from error
        sock.setblocking(False)
        begun = Transcript(label, url, request if shown is None else shown, time.monotonic())
        stream = WireStream(self, sock, begun, paused=manner.paused)
        with self._watched:
            self._streams.add(stream)
            self._watch(stream)
        self._wake.send(b"\0")  # TLS may hold bytes already
        return stream

    def send(self, stream: WireStream, request: bytes) -> None:
        """Raises OSError."""
        with self._watched:  # TLS neither reads nor closes meanwhile
            stream.socket.sendall(request)

    def allow(self, stream: WireStream, most: int | None) -> None:
        """Read `most` bytes of `stream` and no more; None: all."""
        with self._watched:
            if stream in self._streams:
                stream.allow(most)
                stream.receive()  # TLS may hold bytes that no selector sees
                self._watch(stream)
        self._round()

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

    def forget(self, stream: WireStream, sock: socket.socket, *, reset: bool = False) -> None:
        """Watch `stream` no longer, and close its socket."""
        with self._watched:
            if stream in self._streams:
                self._streams.remove(stream)
                self._unregister(sock)
                _hang_up(sock, reset=reset)
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
                        if not key.data.reads:
                            self._unregister(key.data.socket)
            self._round()

    def _round(self) -> None:
        with self._changed:
            self._rounds += 1
            self._changed.notify_all()

    def _watch(self, stream: WireStream) -> None:
        self._unregister(stream.socket)
        if stream.reads:
            self._selector.register(stream.socket, selectors.EVENT_READ, stream)

    def _unregister(self, sock: socket.socket) -> None:
        with contextlib.suppress(KeyError):  # a stream that has ended, or is paused, is not watched
            self._selector.unregister(sock)


def _hang_up(sock: socket.socket, *, reset: bool) -> None:
    """Begin to close. With bytes unread the kernel would send a reset for a FIN: they are read first."""
    with contextlib.suppress(OSError):  # nothing more comes, or the peer has closed before us
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return
        sock.shutdown(socket.SHUT_WR)
        unread = UNREAD_BYTES
        while unread > 0 and (data := sock.recv(RECV_BYTES)):
            unread -= len(data)
