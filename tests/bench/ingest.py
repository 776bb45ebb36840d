"""Ingest: what is taken in per second, durably or into memory, while subscribers listen."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.bench.machine import Cores
from tests.bench.posts import Poster
from tests.bench.pump import Pump
from tests.bench.server import BrokenError, serving
from tests.bench.streams import Audience
from tests.peers.recipe import Recipe

__all__ = ["WAYS", "Intake", "Way", "ingest"]

DEVICES = 50  # of each connection, in turn, so that each device's numbers are dense
PATIENCE = 10.0  # seconds for the last events to arrive


class Way(NamedTuple):
    """How measurements are sent."""

    name: str
    batch: int  # measurements in a request
    in_flight: int  # requests


class Intake(NamedTuple):
    """One round."""

    rate: float  # measurements acknowledged a second
    cpu: float  # seconds of the server for each
    p50: float  # seconds of a request
    p99: float
    share: float  # of its core that the server had; less than all of it, and something else was in the way
    busy: float  # the generator's share of its core


WAYS = {
    "batches": Way("batches of 500, 4 in flight", 500, 4),
    "singles": Way("single ones, 64 in flight", 1, 64),
}


def body(way: Way, sender: int, number: int) -> bytes:
    """The sender's next measurements, which nobody has sent before."""
    first = number * way.batch
    items = ",".join(
        f'{{"device":"d{sender}-{each % DEVICES}","seq":{each // DEVICES},"values":{{"temp":19.25}}}}'
        for each in range(first, first + way.batch)
    )
    return f"[{items}]".encode()


def ingest(ours: Recipe, where: Cores, log: str, way: Way, subscribers: int, seconds: float) -> Intake:
    """A fresh server with `log`, "memory" or "sqlite", and as much as it takes. Raises BrokenError."""

    def argv(port: int, work: Path) -> Sequence[str]:
        engine = "memory" if log == "memory" else f"sqlite:{work / 'log.db'}"
        return [engine if word == "memory" else word for word in ours.argv(port, work)]

    with serving(argv, "/events", where.server) as server, Pump() as pump:
        audience = Audience(pump, server.port, "/events", subscribers)
        try:
            audience.grow(subscribers)
            sending = Sending(pump, server.port, way)
            before = server.cpu()
            pump.begin()
            took = sending.run(seconds)
            busy, kept = pump.busy(), len(sending.latencies) * way.batch
            cpu = server.cpu() - before
            sending.close()
            same_for_all(audience, pump)
        finally:
            audience.close()
    p50, p99 = np.percentile(sending.latencies, [50, 99])
    return Intake(kept / took, cpu / kept, float(p50), float(p99), cpu / took, busy)


class Sending:
    """So many connections; each sends its next request when the last one is answered (closed loop)."""

    def __init__(self, pump: Pump, port: int, way: Way) -> None:
        self.latencies: list[float] = []
        self._pump = pump
        self._way = way
        self._going = True
        self._sent = [0] * way.in_flight
        self._posters = [
            Poster(pump, port, "/measurements", lambda poster, n=n: self._answered(n, poster))  # type: ignore[misc] # n is bound early
            for n in range(way.in_flight)
        ]

    def _answered(self, number: int, poster: Poster) -> None:
        if self._going:
            self.latencies.append(poster.took)
            self._send(number, poster)

    def _send(self, number: int, poster: Poster) -> None:
        poster.post(body(self._way, number, self._sent[number]))
        self._sent[number] += 1

    def run(self, seconds: float) -> float:
        """For so long; how long it was. Raises BrokenError if nothing was answered."""
        start = time.monotonic()
        for number, poster in enumerate(self._posters):
            self._send(number, poster)
        while (took := time.monotonic() - start) < seconds:
            self._pump.turn(min(0.2, seconds - took))
        self._going = False
        if not self.latencies:
            raise BrokenError("answered no POST /measurements")
        return took

    def close(self) -> None:
        """Once all is answered, so that nothing more is published."""
        until = time.monotonic() + PATIENCE
        while any(poster.since is not None for poster in self._posters) and time.monotonic() < until:
            self._pump.turn(0.2)
        for poster in self._posters:
            poster.close()


def same_for_all(audience: Audience, pump: Pump) -> None:
    """Every stream gets the same bytes but for its own retry, of one length. Raises BrokenError."""
    until = time.monotonic() + PATIENCE
    before = 0
    while (now := audience.bytes).sum() != before and time.monotonic() < until:
        before = now.sum()
        pump.turn(0.5)
    if now.min() != now.max() or audience.lost:
        raise BrokenError(f"streams had between {now.min()} and {now.max()} bytes, {audience.lost} were cut")
