"""A server that loses, repeats, delays and cuts on purpose, and counts what it did: the load tests' measure.

`python -m tests.loadtests.stub [FAULTS]` prints its URL; `GET /stats` tells what was injected, `GET /record`
when each event was due and when it was written to each stream, [ns, ns]. It shares no code with our server or
our clients.
"""

import asyncio
import json
import re
import sys
import time
from collections import Counter, deque
from typing import NamedTuple, cast

import click
import uvloop

GRACE = 20  # events that each subscriber gets before anything goes wrong: it is surely counted on by then
KEPT = 5_000
LEFT_BEHIND = 0.5  # seconds, and nothing will follow that an event could change places with
DUE = re.compile(rb'"intended":(\d+)')


class Faults(NamedTuple):
    """Every `lose`-th event is withheld, every `repeat`-th sent twice, every `swap`-th after the next one.

    After `cut` events a stream ends, once; to those who come back, `again` events are sent that they have.
    """

    delay: float
    lose: int
    repeat: int
    swap: int
    cut: int
    again: int
    forget: bool  # do not replay to those who come back
    reset: bool  # … but tell them
    refuse: int  # every so many probes
    cap: int  # of streams at once; 0 for none


class Hub:
    """All streams, and the events that a stream may ask for again."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.counts: Counter[str] = Counter()
        self.record: list[tuple[int, int]] = []
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

    def had_until(self, last: int, count: int) -> list[tuple[int, bytes]]:
        had = [(number, data) for number, data in self.kept if number <= last]
        return had[len(had) - min(count, len(had)) :]


class Connection(asyncio.Protocol):
    """One client: publishes, asks for figures, or subscribes."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.buffer = b""
        self.sent = 0
        self.held: tuple[int, bytes] | None = None
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
            case ["GET", "/record"]:
                self.reply(json.dumps(self.hub.record).encode())
            case ["POST", "/cut"]:
                self.cut_all()
            case ["GET", path] if path.partition("?")[0] == "/events":  # whatever channel: it has but one
                self.subscribe(int(headers["last-event-id"]) if "last-event-id" in headers else None)
            case _:
                self.transport.abort()

    def cut_all(self) -> None:
        self.hub.counts["cut"] += len(self.hub.streams)
        for stream in self.hub.streams:
            stream.transport.close()
        self.hub.streams.clear()
        self.reply(b"{}")

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
        if self.hub.faults.cap and len(self.hub.streams) >= self.hub.faults.cap:
            self.hub.counts["turned away"] += 1
            self.reply(b"{}", "503 Service Unavailable")
            return
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
            had = self.hub.had_until(last, self.hub.faults.again)
            self.hub.counts["again"] += len(had)
            for number, data in [*had, *missed]:
                self.event(number, data)
            return
        self.hub.counts["forgotten"] += len(missed)
        if self.hub.faults.reset:
            self.write(b'event: reset\ndata: {"reason": "evicted"}\n\n')

    def offer(self, number: int, data: bytes) -> None:
        """Send the event, or do wrong by it."""
        lose, repeat, swap, cut = self.hub.faults[1:5]
        self.sent += 1
        if lose and self.sent > GRACE and self.sent % lose == 0:
            self.hub.counts["lost"] += 1
            return
        if swap and self.sent > GRACE and self.sent % swap == 0:
            self.held = (number, data)
            asyncio.get_running_loop().call_later(LEFT_BEHIND, self.release)
            return
        self.event(number, data)
        if self.held:
            self.hub.counts["swapped"] += 1
            self.release()
        if repeat and self.sent > GRACE and self.sent % repeat == 0:
            self.hub.counts["repeated"] += 1
            self.event(number, data)
        if cut and self.sent == cut:
            self.hub.counts["cut"] += 1
            self.transport.close()
            self.hub.streams.discard(self)

    def release(self) -> None:
        if self.held:
            self.event(*self.held)
            self.held = None

    def event(self, number: int, data: bytes) -> None:
        self.hub.counts["sent"] += 1
        if due := DUE.search(data):
            self.hub.record.append((int(due[1]), time.time_ns()))
        self.write(b"id: %d\nevent: measurement\ndata: %s\n\n" % (number, data))

    def write(self, data: bytes) -> None:
        self.transport.write(b"%x\r\n%s\r\n" % (len(data), data))


@click.command()
@click.option("--delay", default=0.0)
@click.option("--lose", default=0)
@click.option("--repeat", default=0)
@click.option("--swap", default=0)
@click.option("--cut", default=0)
@click.option("--again", default=0)
@click.option("--forget", is_flag=True)
@click.option("--reset", is_flag=True)
@click.option("--refuse", default=0)
@click.option("--cap", default=0)
@click.option("--host", default="127.0.0.1")
def main(host: str, **faults: object) -> None:
    """Serve until killed."""
    uvloop.run(serve(host, Faults(**faults)))  # type: ignore[arg-type] # click has parsed them


async def serve(host: str, faults: Faults) -> None:
    hub = Hub(faults)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(hub), host, 0, backlog=1024)
    print(f"http://{host}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
