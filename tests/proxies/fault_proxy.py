"""A proxy that goes wrong on purpose, where real ones do so only now and then, or not at a given byte.

A mischief is a generator: it takes what the server sends, piece by piece, None whenever nothing came for a
moment, and yields what the client gets. Where it returns, the connection is cut.
"""

import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from typing import NamedTuple

__all__ = ["FAULTS", "GOOD", "Mischief", "proxying"]

TICK_SECONDS, RECV_BYTES = 0.05, 65536
IDLE_SECONDS = 1.0
CUT_BYTE = 600_000  # in the middle of an event of a megabyte
GZIP = 31  # the window of zlib for it
END = b"\r\n\r\n"  # of a head

Pieces = Iterator[bytes | None]
Send = Callable[[Pieces], Iterator[bytes]]


class Mischief(NamedTuple):
    """What goes wrong, and the rows that see it. One that is `coded` is for clients that offer gzip."""

    help: str
    send: Send
    caught_by: tuple[str, ...]
    coded: bool = False


def holding(size: float = inf, seconds: float = inf) -> Send:
    """What has come, once it is that much, or it is so long since something was sent."""

    def send(pieces: Pieces) -> Iterator[bytes]:
        held, begun = b"", time.monotonic()
        for piece in pieces:
            held += piece or b""
            if len(held) >= size or time.monotonic() - begun > seconds:
                yield held
                held, begun = b"", time.monotonic()
        yield held

    return send


def compressed(pieces: Pieces) -> Iterator[bytes]:
    """The head at once; the body by a compressor that nobody flushes."""
    head, coder = b"", zlib.compressobj(wbits=GZIP)
    for piece in filter(None, pieces):
        if END in head:
            yield coder.compress(piece)
            continue
        head += piece
        top, end, body = head.partition(END)
        if end:
            yield top + b"\r\nContent-Encoding: gzip" + END + coder.compress(body)
    yield coder.flush()


def impatient(pieces: Pieces) -> Iterator[bytes]:
    """Until nothing has come for a while."""
    heard = time.monotonic()
    for piece in pieces:
        if piece:
            heard = time.monotonic()
            yield piece
        elif time.monotonic() - heard > IDLE_SECONDS:
            return


def cut(pieces: Pieces) -> Iterator[bytes]:
    """Up to an exact byte of each response."""
    left = CUT_BYTE
    for piece in filter(None, pieces):
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


BOTH, SECOND = ("SSE-PROXY-001", "SSE-PROXY-002"), ("SSE-PROXY-002",)
GOOD = Mischief("Sends what comes.", holding(size=1), ())
FAULTS = {
    "coalesces": Mischief("Sends what has come once every 1.5 seconds.", holding(seconds=1.5), BOTH),
    "buffers": Mischief("Waits until it has 4 KiB.", holding(size=4096), ("SSE-PROXY-001",)),
    "gzips-unflushed": Mischief(
        "Compresses, and never flushes the compressor.", compressed, SECOND, coded=True
    ),
    "kills-idle": Mischief("Ends a stream after a second of silence.", impatient, SECOND),
    "cuts": Mischief("Ends each response after 600,000 bytes.", cut, ("SSE-DATA-008",)),
}


@contextmanager
def proxying(origin: str, mischief: Mischief) -> Iterator[str]:
    """The base URL of a proxy before `origin`."""
    host, port = origin.partition("://")[2].split(":")
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        threading.Thread(target=_accept, args=[listener, (host, int(port)), mischief], daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread


def _accept(listener: socket.socket, origin: tuple[str, int], mischief: Mischief) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=[client, origin, mischief], daemon=True).start()


def _serve(client: socket.socket, origin: tuple[str, int], mischief: Mischief) -> None:
    """One request; one that is to be coded is asked for in HTTP/1.0, so that no chunks are in the body."""
    with suppress(OSError), socket.create_connection(origin) as server:
        asked, send = client.recv(RECV_BYTES), mischief.send
        if mischief.coded and b"gzip" in asked:
            asked = asked.replace(b" HTTP/1.1", b" HTTP/1.0", 1)
        elif mischief.coded:
            send = GOOD.send
        threading.Thread(target=_down, args=[server, client, send], daemon=True).start()
        while asked:
            server.sendall(asked)
            asked = client.recv(RECV_BYTES)
        server.shutdown(socket.SHUT_RDWR)


def _down(server: socket.socket, client: socket.socket, send: Send) -> None:
    server.settimeout(TICK_SECONDS)
    with suppress(OSError), client:
        for piece in send(_pieces(server)):
            client.sendall(piece)
        client.shutdown(socket.SHUT_RDWR)  # wakes the other thread


def _pieces(server: socket.socket) -> Pieces:
    data: bytes | None = None
    while data != b"":
        try:
            data = server.recv(RECV_BYTES)
        except TimeoutError:
            data = None
        yield data
