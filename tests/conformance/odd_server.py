"""An SSE server that does everything right, and nothing as usual: the suite must not accuse it.

A hub over plain sockets, one thread a connection. It shares no code with the reference server.
"""

import json
import re
import socket
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.conformance.manners import HEARTBEAT_SECONDS, Event, Manners, block, described

__all__ = ["Manners", "OddServer", "target_of"]

LATEST_SECONDS = 60.0
IDLE_SECONDS = 5.0  # without a request
MOST_PIECES = 256  # about, that one event is written in
GZIP = 31  # the window of zlib for it
KIND = 'content-type:text/event-stream ;Charset="UTF-8"\r\n'
HEAD = KIND + "cache-control:No-Store\r\ncache-control: ,no-transform\r\nx-accel-buffering:No\r\n"


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    old: bool  # HTTP/1.0
    headers: Mapping[str, str]

    @property
    def channel(self) -> str:
        """On which to publish, or to listen."""
        return self.path.rpartition("/")[2]


@dataclass
class OddServer:
    """`url` is its base URL; it remembers every event of every channel."""

    manners: Manners
    url: str = ""
    log: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, threading.Condition] = field(
        default_factory=lambda: defaultdict(threading.Condition)
    )  # by channel
    coders: dict[socket.socket, Any] = field(default_factory=dict)  # of zlib
    running: bool = True
    subscriptions: int = 0
    subscribed: threading.Condition = field(default_factory=threading.Condition)

    @classmethod
    @contextmanager
    def started(cls, manners: Manners) -> Iterator["OddServer"]:
        with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
            server = cls(manners, f"http://127.0.0.1:{listener.getsockname()[1]}")
            acceptor = threading.Thread(target=server._accept, args=[listener])
            acceptor.start()
            try:
                yield server
            finally:
                server.running = False
                for changed in [*server.changed.values(), server.subscribed]:
                    with changed:
                        changed.notify_all()
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
        connection.settimeout(IDLE_SECONDS)
        with connection, connection.makefile("rb") as reader:
            try:
                while self.running and self._answer(connection, _asked(reader), reader):
                    pass
            except (OSError, ValueError):
                return  # the client has left, or said nothing for a while

    def _answer(self, connection: socket.socket, asked: Asked, reader: BinaryIO) -> bool:
        """Whether the connection lives on."""
        if asked.method == "POST":
            fields = json.loads(reader.read(int(asked.headers["content-length"])))
            connection.sendall(b"HTTP/1.1 %d -\r\nContent-Length: 0\r\n\r\n" % self._published(asked, fields))
            return True
        if asked.method not in {"GET", "HEAD"}:
            connection.sendall(b"HTTP/1.1 405 -\r\nallow:GET,HEAD,POST\r\ncontent-length:0\r\n\r\n")
            return True
        self._subscription(connection, asked)
        return False

    def _published(self, asked: Asked, fields: Mapping[str, str | None]) -> int:
        event = Event(fields["data"] or "", fields.get("event") or "", fields.get("id") or "")
        if re.search("[\r\n\0]", event.event + event.id):
            return 400
        with self.changed[asked.channel]:
            self.log[asked.channel].append(event)
            self.changed[asked.channel].notify_all()
        return 204

    def _subscription(self, connection: socket.socket, asked: Asked) -> None:
        manners, cursor = self.manners, self._cursor(asked)
        if manners.rejects and cursor and self._begin(asked.channel, cursor) is None:
            connection.sendall(b"HTTP/1.1 %d -\r\ncontent-length: 0\r\n\r\n" % manners.rejects)
            return
        time.sleep(manners.head_seconds)
        if manners.late and asked.method == "GET":
            heard = len(self.log[asked.channel])
            self._wait(asked.channel, heard, LATEST_SECONDS)
        chunked = manners.http == "1.1" and not asked.old
        zipped = manners.gzip and "gzip" in asked.headers.get("accept-encoding", "")
        fields = "transfer-encoding: chunked\r\n" * chunked + "content-encoding: gzip\r\n" * zipped
        head = f"{manners.early}HTTP/{manners.http} 200 Fine\r\n{manners.head or HEAD}{fields}\r\n"
        connection.sendall(head.encode())
        if asked.method == "GET":
            if zipped:
                self.coders[connection] = zlib.compressobj(wbits=GZIP)
            connection.settimeout(LATEST_SECONDS)  # for readers that stand still
            self._stream(connection, asked.channel, cursor, chunked)

    def _cursor(self, asked: Asked) -> str | None:
        if not self.manners.cursors:
            return None
        in_query = asked.query.get(self.manners.query, [None])[0]
        return in_query if self.manners.query else asked.headers.get("last-event-id")

    def _begin(self, channel: str, cursor: str) -> int | None:
        """How many events a reader does not get; None where its cursor is nobody's."""
        known = {
            self.manners.id_of(number, event): number
            for number, event in enumerate([Event(), *self.log[channel]])
        }
        return None if cursor not in known else max(0, known[cursor] - self.manners.again)

    def _wait(self, channel: str, known: int, seconds: float) -> None:
        """Until there are more events than `known`."""
        with self.changed[channel]:
            more = lambda: len(self.log[channel]) > known or not self.running  # noqa: E731 - asked again and again
            self.changed[channel].wait_for(more, seconds)

    def _stream(self, connection: socket.socket, channel: str, cursor: str | None, chunked: bool) -> None:
        manners, end = self.manners, self.manners.line_end
        with self.subscribed:
            self.subscriptions += 1
            self.subscribed.notify_all()
        newest = len(self.log[channel])
        begin = self._begin(channel, cursor) if cursor else 0 if manners.everything else newest
        at = newest if begin is None else begin
        if manners.first:
            self._write(connection, manners.first.format(end=end), chunked)
        if begin is None:
            self._write(connection, f"event: lost{end}data:{end}{end}", chunked)
        while self.running:
            self._wait(channel, at, HEARTBEAT_SECONDS)
            time.sleep(manners.batch_seconds)
            items = self.log[channel][at:]
            if not items:
                last = self.log[channel][at - 1] if at else Event()
                beat = manners.heartbeat.format(end=end, id=manners.id_of(at, last))
                self._write(connection, beat, chunked)
            blocks = [self._block(number, *event) for number, event in enumerate(items, at + 1)]
            at += len(items)
            for text in ["".join(blocks)] if manners.batch_seconds and blocks else blocks:
                self._write(connection, text, chunked)

    def _block(self, number: int, *event: str) -> str:
        return block(self.manners, number, Event(*event))

    def _write(self, connection: socket.socket, text: str, chunked: bool) -> None:
        """Sends text as the body goes: coded, in pieces, chunked."""
        body = text.encode("utf-8", "replace")  # JSON may hold lone surrogates
        if coder := self.coders.get(connection):
            body = coder.compress(body) + coder.flush(zlib.Z_SYNC_FLUSH)
        size = self.manners.piece * max(1, len(body) // MOST_PIECES) or len(body)
        for begin in range(0, len(body), size):
            piece = body[begin : begin + size]
            connection.sendall(b"%x;odd=1\r\n%b\r\n" % (len(piece), piece) if chunked else piece)


def target_of(server: OddServer) -> str:
    """The target file of it."""
    return described(server.manners, server.url)


def _asked(reader: BinaryIO) -> Asked:
    """The next request. Raises ValueError where none came."""
    method, target, version = reader.readline().decode().split()
    lines = (line.decode("latin-1").partition(":") for line in iter(reader.readline, b"\r\n"))
    headers = {name.lower(): value.strip() for name, _, value in lines}
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qs(parts.query), version.endswith("1.0"), headers)
