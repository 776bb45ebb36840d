"""`make bench`: what durability costs. Measurements taken in while subscribers listen, memory : sqlite.

One thread posts and drains: so many requests are in flight at any time, and each answer is followed by the
next request. Rounds alternate, so that noise hits both alike; the client shares the machine, so ratios count.
"""

import selectors
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click
import psutil
from rich.console import Console
from rich.table import Table

from tests.bench import DEADLINE, Peer, free_port, running, subscribe


class Load(NamedTuple):
    """How measurements are sent."""

    name: str
    batch: int  # measurements in a request
    in_flight: int  # requests


class Round(NamedTuple):
    """One round's figures."""

    rate: float  # measurements taken in, per second
    latencies: list[float]  # seconds, of each request
    cpu: float  # seconds of the server for each measurement


LOADS = [Load("batches of 500, 4 in flight", 500, 4), Load("single ones, 64 in flight", 1, 64)]
LOADS += [Load("single ones, one at a time", 1, 1)]


def request(load: Load, sender: int, number: int) -> bytes:
    """A POST of measurements that nobody has sent before."""
    items = ",".join(
        f'{{"device":"d{sender}-{each % 50}","seq":{number * load.batch + each},"values":{{"temp":19.25}}}}'
        for each in range(load.batch)
    )
    body = f"[{items}]".encode()
    fields = f"Host: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"POST /measurements HTTP/1.1\r\n{fields}\r\n\r\n".encode() + body


class Sender:
    """One connection with one request in flight."""

    def __init__(self, url: str, load: Load, number: int) -> None:
        at = urlsplit(url)
        self.socket = socket.create_connection((at.hostname or "", at.port or 80), DEADLINE)
        self.load = load
        self.number = number
        self.sent = 0
        self.since = 0.0

    def send(self) -> None:
        body = request(self.load, self.number, self.sent)
        self.sent += 1
        self.since = time.monotonic()
        self.socket.sendall(body)

    def answered(self) -> float:
        """Seconds from the request to its answer."""
        answer = self.socket.recv(65536)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise click.ClickException(f"no 200: {answer[:300]!r}")
        return time.monotonic() - self.since


def measure(log: str, load: Load, subscribers: int, seconds: float) -> Round:
    """A fresh server, its audience, and as much as it takes."""
    command = [sys.executable, "-P", "-m", "eventbahn", "serve", "--port", "{port}", "--log", log]
    with running(Peer(log, command, "/events", ""), free_port()) as (process, client):
        streams = subscribe(str(client.base_url), "/events", subscribers)
        senders = [Sender(str(client.base_url), load, number) for number in range(load.in_flight)]
        try:
            return drive(process, load, senders, streams, seconds)
        finally:
            for each in streams:
                each.close()
            for sender in senders:
                sender.socket.close()


def drive(
    process: psutil.Process, load: Load, senders: list[Sender], streams: list[socket.socket], seconds: float
) -> Round:
    """Post and drain for so long."""
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        for sender in senders:
            selector.register(sender.socket, selectors.EVENT_READ, sender)
            sender.send()
        before, start = sum(process.cpu_times()[:2]), time.monotonic()
        while (took := time.monotonic() - start) < seconds:
            for key, _ in selector.select(1.0):
                if isinstance(key.data, Sender):
                    latencies.append(key.data.answered())
                    key.data.send()
                elif isinstance(key.fileobj, socket.socket):
                    key.fileobj.recv(1 << 20)
    kept = len(latencies) * load.batch
    return Round(kept / took, latencies, (sum(process.cpu_times()[:2]) - before) / kept)


@click.command()
@click.option("--subscribers", default=100, show_default=True)
@click.option("--seconds", default=3.0, show_default=True, help="Length of a round.")
@click.option("--rounds", default=3, show_default=True)
def bench(subscribers: int, seconds: float, rounds: int) -> None:
    """What is taken in per second, into memory and onto the disk, while subscribers listen."""
    table = Table(title=f"{subscribers} subscribers, {rounds} rounds of {seconds:g} s each, medians")
    for column in (
        "load",
        "log",
        "measurements/s",
        "µs CPU each",
        "POST p50 ms",
        "p99 ms",
        "memory : sqlite",
    ):
        table.add_column(column, justify="left" if column in ("load", "log") else "right")
    for load in LOADS:
        found: dict[str, list[Round]] = {"memory": [], "sqlite": []}
        for number in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                found["memory"].append(measure("memory", load, subscribers, seconds))
                file = Path(folder) / f"{number}.db"
                found["sqlite"].append(measure(f"sqlite:{file}", load, subscribers, seconds))
        for log, figures in found.items():
            table.add_row(*row(load, log, figures), ratio(found) if log == "sqlite" else "")
    Console(width=130).print(table)


def rate(figures: list[Round]) -> float:
    return statistics.median(each.rate for each in figures)


def ratio(found: dict[str, list[Round]]) -> str:
    return f"{rate(found['memory']) / rate(found['sqlite']):.2f} : 1"


def row(load: Load, log: str, figures: list[Round]) -> list[str]:
    centiles = statistics.quantiles([each for one in figures for each in one.latencies], n=100)
    cpu = statistics.median(each.cpu for each in figures)
    numbers = [
        f"{rate(figures):,.0f}",
        f"{cpu * 1e6:.1f}",
        f"{centiles[49] * 1e3:.1f}",
        f"{centiles[98] * 1e3:.1f}",
    ]
    return [load.name, log, *numbers]


if __name__ == "__main__":
    bench()
