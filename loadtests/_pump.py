"""One real epoll for all subscribers of a process, watched by gevent's hub. Knows no HTTP; never blocks."""

import logging
import select
import socket
import struct
import time
from typing import Any, NamedTuple, Protocol

import gevent
from gevent.monkey import get_original

__all__ = ["Handler", "Pump", "Read", "kernel_stamps_work", "open_socket", "receive"]

log = logging.getLogger(__name__)

# gevent takes epoll away and wraps sockets in greenlets; neither is wanted here
Epoll: "type[select.epoll]" = get_original("select", "epoll")
Socket: "type[socket.socket]" = get_original("socket", "socket")

READABLE, WRITABLE = 1, 4
HUB_READABLE = 1
BATCH = 64  # sockets a turn: a millisecond or two, then the publisher and Locust get theirs
READ_BYTES = 65_536

SO_TIMESTAMPNS = 35  # Linux; Python's socket module does not name it
STAMP = struct.Struct("qq")
STAMP_SPACE = socket.CMSG_SPACE(STAMP.size)
SELF_TEST_NS = 1_000_000_000


class Handler(Protocol):
    """Whoever owns a socket in the pump."""

    def on_writable(self) -> None: ...
    def on_readable(self) -> None: ...


class Read(NamedTuple):
    """Bytes, when the kernel got the last of them, and when we read them (ns of the wall clock)."""

    data: bytes
    arrived_ns: int
    read_ns: int


class Pump:
    """Calls the handler of each socket that is ready. Lives in one process and one run."""

    def __init__(self) -> None:
        self.errors = 0
        self._handlers: dict[int, Handler] = {}
        self._epoll = Epoll()
        self._watcher = gevent.get_hub().loop.io(self._epoll.fileno(), HUB_READABLE)
        self._watcher.start(self._turn)

    def connecting(self, fd: int, handler: Handler) -> None:
        """Tell `handler` once, when its socket is connected or has failed."""
        self._handlers[fd] = handler
        self._epoll.register(fd, WRITABLE)

    def reading(self, fd: int) -> None:
        """From now on tell the handler whenever there is something to read."""
        self._epoll.modify(fd, READABLE)

    def forget(self, fd: int) -> None:
        if self._handlers.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def close(self) -> None:
        self._watcher.stop()
        self._watcher.close()
        self._epoll.close()
        self._handlers.clear()

    def _turn(self) -> None:
        for fd, mask in self._epoll.poll(0, BATCH):
            handler = self._handlers.get(fd)
            if handler is None:
                continue  # closed earlier in this batch
            try:
                if mask & WRITABLE:
                    handler.on_writable()
                else:
                    handler.on_readable()
            except Exception:  # the hub would only print it, and the run would look valid
                self.errors += 1
                if self.errors == 1:
                    log.exception("an error in the pump")


def open_socket(family: int) -> socket.socket:
    """A plain non-blocking TCP socket."""
    sock = Socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)
    return sock


def receive(sock: socket.socket, *, kernel_stamps: bool) -> Read:
    """Read once. Raises OSError as `recv` does; empty data is the end.

    The kernel's stamp is that of the last byte read: conservative for the events before it.
    """
    if not kernel_stamps:
        data = sock.recv(READ_BYTES)
        now = time.time_ns()
        return Read(data, now, now)
    data, ancillary, _flags, _address = sock.recvmsg(READ_BYTES, STAMP_SPACE)
    now = time.time_ns()
    return Read(data, _stamp(ancillary) or now, now)


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int | None:
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = STAMP.unpack_from(value)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return None


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
        _data, ancillary, _flags, _address = ours.recvmsg(1, STAMP_SPACE)
    except (OSError, AttributeError):
        return False
    stamp = _stamp(ancillary)
    return stamp is not None and 0 <= time.time_ns() - stamp < SELF_TEST_NS
