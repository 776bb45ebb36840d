"""A server that loses, repeats, delays and cuts on purpose, and counts what it did: the load tests' measure.

`python -m tests.loadtests.stub [FAULTS]` prints its URL; `GET /stats` tells what was injected.
It shares no code with our server or our clients.
"""

import asyncio
import json
import sys
from collections import Counter, deque
from typing import NamedTuple, cast

import click
import uvloop

GRACE = 10  # events that each subscriber gets before anything goes wrong: it is surely counted on by then
KEPT = 5_000


class Faults(NamedTuple):
    """Every `lose`-th event is withheld, every `repeat`-th sent twice; after `cut` a stream ends, once."""

    delay: float
    lose: int
    repeat: int
    cut: int
    forget: bool  # do not replay to those who come back
    reset: bool  # … but tell them
    refuse: int  # every so many probes


class Hub:
    """All streams, and the events that a stream may ask for again."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.counts: Counter[str] = Counter()
        self.streams: set[Connection] = set()
        self.kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self.last = 0

    def publish(self, data: bytes) -> None:
        self.last += 1
        self.kept.append((self.last, data))
        self.counts["published"] += 1
        for stream in list(self.streams):
            stream.offer(self.last, data)

    def missed_since(self, last: int) -> list[tuple[int, bytes]]:
        return [(number, data) for number, data in self.kept if number > last]


class Connection(asyncio.Protocol):
    """One client: publishes, asks for figures, or subscribes."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.buffer = b""
        self.sent = 0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is not a subclass

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self.hub.streams.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            start, *lines = self.buffer[:end].decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            size = int(headers.get("content-length", 0))
            body = self.buffer[end + 4 : end + 4 + size]
            if len(body) < size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            self.answer(start, headers, body)

    def answer(self, start: str, headers: dict[str, str], body: bytes) -> None:
        match start.split()[:2]:
            case ["POST", "/measurements"]:
                self.accept(body)
            case ["GET", "/stats"]:
                self.reply(json.dumps(self.hub.counts).encode())
            case ["GET", "/events"]:
                self.subscribe(int(headers["last-event-id"]) if "last-event-id" in headers else None)
            case _:
                self.transport.abort()

    def accept(self, body: bytes) -> None:
        counts, refuse = self.hub.counts, self.hub.faults.refuse
        counts["posted"] += 1
        if refuse and counts["posted"] % refuse == 0:
            counts["refused"] += 1
            self.reply(b"{}", "503 Service Unavailable")
            return
        asyncio.get_running_loop().call_later(self.hub.faults.delay, self.hub.publish, body)
        self.reply(b'{"accepted":1}')

    def reply(self, body: bytes, status: str = "200 OK") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)

    def subscribe(self, last: int | None) -> None:
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        self.write(b"retry: 100\n\n")
        self.hub.streams.add(self)
        if last is None:
            return
        self.sent = self.hub.faults.cut  # it was cut once, and is left alone now
        missed = self.hub.missed_since(last)
        if not self.hub.faults.forget:
            for number, data in missed:
                self.event(number, data)
            return
        self.hub.counts["forgotten"] += len(missed)
        if self.hub.faults.reset:
            self.write(b'event: reset\ndata: {"reason": "evicted"}\n\n')

    def offer(self, number: int, data: bytes) -> None:
        """Send the event, or do wrong by it."""
        lose, repeat, cut = self.hub.faults[1:4]
        self.sent += 1
        if lose and self.sent > GRACE and self.sent % lose == 0:
            self.hub.counts["lost"] += 1
            return
        self.event(number, data)
        if repeat and self.sent > GRACE and self.sent % repeat == 0:
            self.hub.counts["repeated"] += 1
            self.event(number, data)
        if cut and self.sent == cut:
            self.hub.counts["cut"] += 1
            self.transport.close()
            self.hub.streams.discard(self)

    def event(self, number: int, data: bytes) -> None:
        self.write(b"id: %d\nevent: measurement\ndata: %s\n\n" % (number, data))

    def write(self, data: bytes) -> None:
        self.transport.write(b"%x\r\n%s\r\n" % (len(data), data))


@click.command()
@click.option("--delay", default=0.0)
@click.option("--lose", default=0)
@click.option("--repeat", default=0)
@click.option("--cut", default=0)
@click.option("--forget", is_flag=True)
@click.option("--reset", is_flag=True)
@click.option("--refuse", default=0)
def main(**faults: object) -> None:
    """Serve until killed."""
    uvloop.run(serve(Faults(**faults)))  # type: ignore[arg-type] # click has parsed them


async def serve(faults: Faults) -> None:
    hub = Hub(faults)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(hub), "127.0.0.1", 0, backlog=1024
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
