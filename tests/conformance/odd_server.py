"""An SSE server that does everything right, and nothing as usual: the suite must not accuse it.

A hub over plain sockets, one thread a connection. It shares no code with the reference server.
"""

import json
import re
import socket
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

__all__ = ["Manners", "OddServer", "target_of"]

HEARTBEAT_SECONDS = 0.3
LATEST_SECONDS = 60.0
GONE = "gone"
MOST_PIECES = 256  # about, that one event is written in


@dataclass(frozen=True)
class Manners:
    """The ways in which a correct server may differ from ours."""

    line_end: str = "\n"
    space: str = " "  # after a colon; without it a payload's own first blank is doubled
    greeting: str = ""
    http: str = "1.1"  # "1.0": the body ends with the connection, no chunks
    piece: int = 0  # bytes in one write, 0 for all; more of them in a long event
    heartbeat: str = ": beat{end}{end}"
    id_last: bool = False
    padding: str = ""  # a comment in front of each event
    late: bool = False  # the head is sent with the first bytes of the body, as Node and WSGI servers do


@dataclass
class OddServer:
    """`url` is its base URL; it remembers every event of every channel."""

    manners: Manners
    url: str = ""
    log: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    changed: threading.Condition = field(default_factory=threading.Condition)
    running: bool = True
    subscriptions: int = 0

    @classmethod
    @contextmanager
    def started(cls, manners: Manners) -> Iterator["OddServer"]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            server = cls(manners, f"http://127.0.0.1:{listener.getsockname()[1]}")
            acceptor = threading.Thread(target=server._accept, args=[listener])
            acceptor.start()
            try:
                yield server
            finally:
                server.running = False
                with server.changed:
                    server.changed.notify_all()
                socket.create_connection(listener.getsockname()).close()
                acceptor.join()

    def _accept(self, listener: socket.socket) -> None:
        served = []
        while True:
            connection, _ = listener.accept()
            if not self.running:
                connection.close()
                break
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            served.append(threading.Thread(target=self._serve, args=[connection]))
            served[-1].start()
        for thread in served:
            thread.join()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(HEARTBEAT_SECONDS)
        with connection, connection.makefile("rb") as reader:
            try:
                self._answer(connection, reader.readline().decode(), self._headers(reader), reader)
            except (OSError, ValueError):
                return  # the client has left, or sent nothing

    @staticmethod
    def _headers(reader: BinaryIO) -> dict[str, str]:
        lines = iter(reader.readline, b"\r\n")
        return {
            name.lower(): value.strip()
            for name, _, value in (line.decode("latin-1").partition(":") for line in lines)
        }

    def _answer(
        self, connection: socket.socket, first: str, headers: dict[str, str], reader: BinaryIO
    ) -> None:
        method, path, _ = first.split(" ")
        channel = path.rpartition("/")[2]
        if method == "POST":
            fields = json.loads(reader.read(int(headers["content-length"])))
            refused = re.search("[\r\n]", fields.get("event") or "")
            if not refused:
                with self.changed:
                    self.log[channel].append((fields["data"], fields.get("event") or ""))
                    self.changed.notify_all()
            connection.sendall(
                b"HTTP/1.1 %d -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % (400 if refused else 204)
            )
            return
        if method not in {"GET", "HEAD"}:
            connection.sendall(b"HTTP/1.1 405 -\r\nallow:GET,HEAD,POST\r\ncontent-length:0\r\n\r\n")
            return
        chunked = self.manners.http == "1.1" and not first.endswith("1.0\r\n")
        coding = "transfer-encoding: chunked\r\n" if chunked else ""
        kind = 'content-type:text/event-stream ;Charset="UTF-8"\r\n'
        cached = "cache-control:No-Store\r\ncache-control: ,no-transform\r\nx-accel-buffering:No\r\n"
        head = f"HTTP/{self.manners.http} 200 Fine\r\n{kind}{cached}{coding}\r\n"
        if self.manners.late and method == "GET":
            with self.changed:
                heard = len(self.log[channel])
                self.changed.wait_for(
                    lambda: len(self.log[channel]) > heard or not self.running, LATEST_SECONDS
                )
        connection.sendall(head.encode())
        if method == "GET":
            self._stream(connection, channel, headers.get("last-event-id"), chunked)

    def _stream(self, connection: socket.socket, channel: str, cursor: str | None, chunked: bool) -> None:
        end = self.manners.line_end
        connection.settimeout(LATEST_SECONDS)  # for readers that stand still
        with self.changed:
            self.subscriptions += 1
            self.changed.notify_all()
        newest = len(self.log[channel])
        known = cursor is not None and re.fullmatch("[0-9]{1,9}", cursor) and int(cursor) <= newest
        at = int(cursor or 0) if known else newest
        if self.manners.greeting:
            self._write(connection, self.manners.greeting.format(end=end), chunked)
        if cursor and not known:
            self._write(connection, f"event: lost{end}data:{end}{end}", chunked)
        while self.running:
            with self.changed:
                if len(self.log[channel]) == at and self.running:
                    self.changed.wait(HEARTBEAT_SECONDS)
                items = self.log[channel][at:]
            if not items:
                self._write(connection, self.manners.heartbeat.format(end=end), chunked)
            for data, event in items:
                at += 1
                self._write(connection, self._block(at, data, event), chunked)

    def _block(self, number: int, data: str, event: str) -> str:
        space = self.manners.space
        lines = [
            f"data:{space}{line}" if space else f"data:{' ' * line.startswith(' ')}{line}"
            for line in re.split("\r\n|\r|\n", data)
        ]
        lines = [f"event:{space}{event}"] * bool(event) + lines
        lines.insert(len(lines) if self.manners.id_last else 0, f"id:{space}{number}")
        if self.manners.padding:
            lines.insert(0, self.manners.padding)
        return "".join(line + self.manners.line_end for line in [*lines, ""])

    def _write(self, connection: socket.socket, text: str, chunked: bool) -> None:
        body = text.encode("utf-8", "replace")  # JSON may hold lone surrogates
        size = self.manners.piece * max(1, len(body) // MOST_PIECES) or len(body)
        for begin in range(0, len(body), size):
            piece = body[begin : begin + size]
            connection.sendall(b"%x;odd=1\r\n%b\r\n" % (len(piece), piece) if chunked else piece)


def target_of(server: OddServer) -> str:
    """The target file of it."""
    return f"""
        schema = 1
        target = {{ name = "odd", base_url = "{server.url}" }}
        subscribe = {{ path = "/{{channel}}" }}
        cursor = {{ header = true, unknown = "signal", signal = {{ event = "lost" }} }}
        heartbeat = {{ interval = "{HEARTBEAT_SECONDS}s" }}
        [publish]
        driver = "http"
        fields = {{ event = true }}
        request = {{ path = "/{{channel}}", json = {{ data = "{{data}}", event = "{{event}}" }} }}
    """
