"""One real epoll for all subscribers of a process, watched by gevent's hub. Knows no HTTP; never blocks."""

import logging
import select
import socket
import struct
from collections.abc import Callable
from time import time_ns
from typing import Any, Protocol

import gevent
from gevent.monkey import get_original

from loadtests._plan import SECOND

__all__ = ["Handler", "Pump", "Read", "Timer", "kernel_stamps_work", "open_socket", "receive", "stamped"]

log = logging.getLogger(__name__)

# gevent takes epoll away and wraps sockets in greenlets; neither is wanted here
Epoll: "type[select.epoll]" = get_original("select", "epoll")
Socket: "type[socket.socket]" = get_original("socket", "socket")

READABLE, WRITABLE = 1, 4
HUB_READABLE = 1
BATCH = 64  # sockets a turn: a millisecond or two, then the publisher and Locust get theirs
PAUSE_SECONDS = 0.001
READ_BYTES = 65_536

SO_TIMESTAMPNS = 35  # Linux; Python's socket module does not name it
STAMP = struct.Struct("qq")
STAMP_SPACE = socket.CMSG_SPACE(STAMP.size)
SELF_TEST_NS = SECOND

Read = tuple[bytes, int, int]
"""Bytes, when the kernel got the last of them, and when we read them (ns of the wall clock).

No class of its own: making one costs as much as cutting the bytes into events.
"""


class Handler(Protocol):
    """Whoever owns a socket in the pump."""

    def on_writable(self) -> None: ...
    def on_readable(self) -> None: ...


class Timer(Protocol):
    """A call that is due later."""

    def close(self) -> None:
        """It is not, after all."""


class Pump:
    """Calls the handler of each socket that is ready. Lives in one process and one run.

    `arrived_ns` and `read_ns` are of the read that is being handled: one at a time, so handlers keep none.

    Where the kernel stamps what arrives, nobody needs to hurry: a `patient` pump lets it gather for a
    millisecond or two, and so wakes up for many sockets at once. While somebody connects, it does not.
    """

    def __init__(self, *, patient: bool = False) -> None:
        self.errors = 0
        self._patient = patient
        self._connecting: set[int] = set()
        self.arrived_ns = self.read_ns = 0
        self._handlers: dict[int, Handler] = {}
        self._loop = gevent.get_hub().loop
        self._epoll = Epoll()
        self._watcher = self._loop.io(self._epoll.fileno(), HUB_READABLE)
        self._watcher.start(self._turn)
        self._pause = self._loop.timer(PAUSE_SECONDS)

    def connecting(self, fd: int, handler: Handler) -> None:
        """Tell `handler` once, when its socket is connected or has failed."""
        self._handlers[fd] = handler
        self._connecting.add(fd)
        self._epoll.register(fd, WRITABLE)

    def reading(self, fd: int) -> None:
        """From now on tell the handler whenever there is something to read."""
        self._connecting.discard(fd)
        self._epoll.modify(fd, READABLE)

    def forget(self, fd: int) -> None:
        if self._handlers.pop(fd, None) is not None:
            self._connecting.discard(fd)
            self._epoll.unregister(fd)

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call that once. Whoever waits like this needs no greenlet, with a stack of its own."""
        timer: Any = self._loop.timer(seconds)
        timer.start(self._guarded, call)
        return timer  # type: ignore[no-any-return] # gevent's

    def close(self) -> None:
        self._pause.close()
        self._watcher.stop()
        self._watcher.close()
        self._epoll.close()
        self._handlers.clear()

    def _turn(self) -> None:
        handlers, guarded = self._handlers, self._guarded
        ready = self._epoll.poll(0, BATCH)
        if self._patient and len(ready) < BATCH and not self._connecting:
            self._watcher.stop()
            self._pause.start(self._watcher.start, self._turn)
        for fd, mask in ready:
            handler = handlers.get(fd)
            if handler is None:
                continue  # closed earlier in this batch
            guarded(handler.on_writable if mask & WRITABLE else handler.on_readable)

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # the hub would only print it, and the run would look valid
            self.errors += 1
            if self.errors == 1:
                log.exception("an error in the pump")


def open_socket(family: int) -> socket.socket:
    """A plain non-blocking TCP socket."""
    sock = Socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)
    return sock


def receive(sock: socket.socket) -> Read:
    """Read once. Raises OSError as `recv` does; empty data is the end."""
    data = sock.recv(READ_BYTES)
    now = time_ns()
    return data, now, now


def stamped(sock: socket.socket) -> Read:
    """The same, with the kernel's stamp: it is of the last byte, so conservative for the events before it."""
    data, ancillary, _flags, _address = sock.recvmsg(READ_BYTES, STAMP_SPACE)
    now = time_ns()
    for _level, kind, value in ancillary:
        if kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = STAMP.unpack(value)
            return data, seconds * SECOND + nanoseconds, now
    return data, now, now


def kernel_stamps_work() -> bool:
    """Send one byte over loopback and see whether it comes with a believable time."""
    with Socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        with Socket(socket.AF_INET, socket.SOCK_STREAM) as ours:
            ours.connect(listener.getsockname())
            theirs, _ = listener.accept()
            with theirs:
                return _believable(ours, theirs)


def _believable(ours: Any, theirs: Any) -> bool:
    try:
        ours.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        theirs.sendall(b"x")
        _data, arrived_ns, read_ns = stamped(ours)
    except (OSError, AttributeError):
        return False
    return 0 < read_ns - arrived_ns < SELF_TEST_NS
