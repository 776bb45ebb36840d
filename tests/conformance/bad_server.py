"""Servers that are no servers: each does one thing to whoever connects, and the suite has to survive it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

__all__ = ["BAD", "Misbehave", "misbehaving"]

GARBAGE = bytes(range(256)) * 256
PATIENCE = 120.0
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

Misbehave = Callable[[socket.socket, threading.Event], None]


def silent(_: socket.socket, over: threading.Event) -> None:
    over.wait(PATIENCE)


def endless_head(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        peer.sendall(b"X-More: and more\r\n" * 1000)


def garbage(peer: socket.socket, over: threading.Event) -> None:
    for _ in range(100 * 16):
        peer.sendall(GARBAGE)


def garbage_as_stream(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(STREAM)
    for _ in range(100 * 16):
        peer.sendall(GARBAGE)


def one_endless_line(peer: socket.socket, over: threading.Event) -> None:
    peer.sendall(STREAM + b"data: ")
    while not over.is_set():
        peer.sendall(b"x" * 65536)


def redirects_to_itself(peer: socket.socket, _: threading.Event) -> None:
    peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: /events\r\nContent-Length: 0\r\n\r\n")


def dies_in_the_middle(peer: socket.socket, _: threading.Event) -> None:
    peer.sendall(STREAM.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n") + b"10\r\ndata: half")


def closes_at_once(_: socket.socket, __: threading.Event) -> None:
    return


def speaks_to_the_terminal(peer: socket.socket, over: threading.Event) -> None:
    evil = b"\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>"
    peer.sendall(b"HTTP/1.1 200 OK\r\nServer: " + evil + b"\r\nContent-Type: text/event-stream\r\n\r\n")
    peer.sendall(b"event: " + evil + b"\nid: " + evil + b"\ndata: " + evil + b"\n\n" + evil + b": x\n\n")
    over.wait(PATIENCE)


BAD: dict[str, Misbehave] = {
    "hangs after accept": silent,
    "a head without end": endless_head,
    "100 MB of garbage": garbage,
    "100 MB of garbage as a stream": garbage_as_stream,
    "a line without end": one_endless_line,
    "a redirect loop": redirects_to_itself,
    "dies in the middle": dies_in_the_middle,
    "closes at once": closes_at_once,
    "speaks to the terminal": speaks_to_the_terminal,
}


@contextmanager
def misbehaving(behave: Misbehave) -> Iterator[str]:
    """Yields the URL of its stream."""
    over = threading.Event()
    peers: list[threading.Thread] = []

    def serve(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            peer.settimeout(PATIENCE)
            if peer.recv(65536):
                behave(peer, over)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                peer, _ = listener.accept()
                thread = threading.Thread(target=serve, args=(peer,), daemon=True)
                thread.start()
                peers.append(thread)

    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        thread = threading.Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/events"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            for each in [thread, *peers]:
                each.join(PATIENCE)
