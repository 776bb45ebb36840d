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
from typing import NamedTuple

__all__ = ["FAULTS", "GOOD", "Mischief", "proxying"]

TICK_SECONDS, RECV_BYTES = 0.05, 65536
WINDOW_SECONDS = 1.5  # of which all is sent at once
BUFFER_BYTES = 4096
IDLE_SECONDS = 1.0
CUT_BYTE = 600_000  # in the middle of an event of a megabyte
GZIP = 31  # the window of zlib for it

Pieces = Iterator[bytes | None]


class Mischief(NamedTuple):
    """What goes wrong, and the rows that see it. One that is `coded` is for clients that offer gzip."""

    help: str
    send: Callable[[Pieces], Iterator[bytes]]
    caught_by: tuple[str, ...]
    coded: bool = False


def whole(pieces: Pieces) -> Iterator[bytes]:
    """Everything at once, as it should be."""
    yield from filter(None, pieces)


def collected(pieces: Pieces) -> Iterator[bytes]:
    """Once in a while, whatever has come until then."""
    held, begun = b"", time.monotonic()
    for piece in pieces:
        held += piece or b""
        if time.monotonic() - begun > WINDOW_SECONDS:
            begun = time.monotonic()
            yield held
            held = b""
    yield held


def buffered(pieces: Pieces) -> Iterator[bytes]:
    """A whole buffer, or what there is when the server has ended."""
    held = b""
    for piece in filter(None, pieces):
        held += piece
        if len(held) >= BUFFER_BYTES:
            yield held
            held = b""
    yield held


def compressed(pieces: Pieces) -> Iterator[bytes]:
    """The head at once; the body by a compressor that nobody flushes."""
    head, body, coder = b"", b"", zlib.compressobj(wbits=GZIP)
    for piece in filter(None, pieces):
        if body or b"\r\n\r\n" in head:
            yield coder.compress(piece)
            continue
        head += piece
        if b"\r\n\r\n" in head:
            top, _, body = head.partition(b"\r\n\r\n")
            yield top + b"\r\nContent-Encoding: gzip\r\n\r\n" + coder.compress(body)
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


GOOD = Mischief("Sends what comes.", whole, ())
FAULTS = {
    "coalesces": Mischief(
        "Sends what has come once every 1.5 seconds.", collected, ("SSE-PROXY-001", "SSE-PROXY-002")
    ),
    "buffers": Mischief("Waits until it has 4 KiB.", buffered, ("SSE-PROXY-001",)),
    "gzips-unflushed": Mischief(
        "Compresses, and never flushes the compressor.", compressed, ("SSE-PROXY-002",), coded=True
    ),
    "kills-idle": Mischief("Ends a stream after a second of silence.", impatient, ("SSE-PROXY-002",)),
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
            send = whole
        threading.Thread(target=_down, args=[server, client, send], daemon=True).start()
        while asked:
            server.sendall(asked)
            asked = client.recv(RECV_BYTES)
        server.shutdown(socket.SHUT_RDWR)


def _down(server: socket.socket, client: socket.socket, send: Callable[[Pieces], Iterator[bytes]]) -> None:
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
