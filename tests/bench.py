"""`make bench`: what one delivery costs our server, beside FastAPI's own SSE, in one run and as a ratio.

Every subscriber is a raw socket that counts how often the payload's mark arrives, and the cost is the server
process's own CPU time: so the client does not matter, and noise hits both alike, as rounds alternate.
"""

import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import click
import httpx
import psutil
from rich.console import Console
from rich.table import Table

MARK = b"bench-mark"
PAYLOAD = MARK.decode() + "x" * 110
DEADLINE = 30.0  # seconds


class Peer(NamedTuple):
    """A server to measure: how it is started, and the paths to subscribe and to publish."""

    name: str
    command: list[str]
    subscribe: str
    publish: str


class Round(NamedTuple):
    """One round's figures."""

    published: int
    expected: int
    delivered: int
    cpu_seconds: float

    @property
    def microseconds(self) -> float:
        """CPU time of the server per delivery."""
        return self.cpu_seconds / max(self.delivered, 1) * 1e6


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(peer: Peer, port: int) -> Iterator[tuple[psutil.Process, httpx.Client]]:
    """The peer as a process that answers, and a client with its address."""
    command = [word.format(port=port) for word in peer.command]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=DEADLINE) as client:
            until = time.monotonic() + DEADLINE
            while True:
                try:
                    client.get("/healthz")
                    break
                except httpx.TransportError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.05)
            yield psutil.Process(process.pid), client
    finally:
        process.terminate()
        process.wait(DEADLINE)


def subscribe(url: str, path: str, count: int) -> list[socket.socket]:
    """`count` open streams, each with its response head read."""
    at = urlsplit(url)
    streams = []
    for _ in range(count):
        stream = socket.create_connection((at.hostname or "", at.port or 80), DEADLINE)
        stream.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {at.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        streams.append(stream)
    for stream in streams:
        stream.recv(65536)
    return streams


class Reader:
    """Counts the marks that arrive on all streams; a mark cut by two reads is counted once."""

    def __init__(self, streams: list[socket.socket]) -> None:
        self.selector = selectors.DefaultSelector()
        self.tails = dict.fromkeys(streams, b"")
        self.delivered = 0
        for stream in streams:
            stream.setblocking(False)
            self.selector.register(stream, selectors.EVENT_READ)

    def read(self, seconds: float) -> bool:
        """Whether anything came within `seconds`."""
        ready = self.selector.select(seconds)
        for key, _ in ready:
            stream = key.fileobj
            assert isinstance(stream, socket.socket)
            data = self.tails[stream] + stream.recv(65536)
            self.delivered += data.count(MARK)
            self.tails[stream] = data[-(len(MARK) - 1) :]
        return bool(ready)


def measure(peer: Peer, subscribers: int, rate: float, seconds: float) -> Round:
    """Publish at an even rate while all subscribers listen, then drain."""
    with running(peer, free_port()) as (process, client):
        streams = subscribe(str(client.base_url), peer.subscribe, subscribers)
        reader = Reader(streams)
        published = round(rate * seconds)
        before = sum(process.cpu_times()[:2])
        start = time.monotonic()
        for number in range(published):
            while (left := start + number / rate - time.monotonic()) > 0:
                reader.read(left)
            client.post(peer.publish, json={"data": PAYLOAD}).raise_for_status()
        until = time.monotonic() + DEADLINE
        while reader.delivered < published * subscribers and time.monotonic() < until:
            reader.read(1.0)
        cpu = sum(process.cpu_times()[:2]) - before
        for stream in streams:
            stream.close()
    return Round(published, published * subscribers, reader.delivered, cpu)


OURS = Peer(
    "eventbahn",
    [sys.executable, "-P", "-m", "eventbahn", "serve", "--port", "{port}", "--log", "memory"],
    "/events/bench",
    "/events/bench",
)
FASTAPI = Peer(
    "FastAPI's own SSE",
    [
        sys.executable,
        "-m",
        "uvicorn",
        "tests.peers.fastapi_app:app",
        "--port",
        "{port}",
        "--log-level",
        "warning",
    ],
    "/events/bench",
    "/publish/bench",
)


@click.command()
@click.option("--subscribers", default=200, show_default=True)
@click.option("--rate", default=20.0, show_default=True, help="Events published per second.")
@click.option("--seconds", default=4.0, show_default=True, help="Length of a round.")
@click.option("--rounds", default=3, show_default=True)
def bench(subscribers: int, rate: float, seconds: float, rounds: int) -> None:
    """Fan-out cost of the reference server beside a peer."""
    measured: dict[str, list[Round]] = {OURS.name: [], FASTAPI.name: []}
    for _ in range(rounds):
        for peer in (OURS, FASTAPI):
            measured[peer.name].append(measure(peer, subscribers, rate, seconds))
    ours = statistics.median(each.microseconds for each in measured[OURS.name])
    table = Table(
        title=f"{subscribers} subscribers × {rate:g} events/s × {seconds:g} s, {rounds} rounds each"
    )
    for column in ("server", "delivered of expected", "µs CPU per delivery (median, min–max)", "ratio"):
        table.add_column(column, justify="left" if column == "server" else "right")
    for name, figures in measured.items():
        cost = [each.microseconds for each in figures]
        middle = statistics.median(cost)
        table.add_row(
            name,
            f"{sum(each.delivered for each in figures)} of {sum(each.expected for each in figures)}",
            f"{middle:.1f} ({min(cost):.1f}–{max(cost):.1f})",
            f"{middle / ours:.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    bench()
