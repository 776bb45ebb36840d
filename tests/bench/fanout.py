"""Fan-out: so many events a second to so many open streams, and what that costs the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from tests.bench.machine import Cores
from tests.bench.posts import publish
from tests.bench.pump import Pump
from tests.bench.server import BrokenError, Server, running
from tests.bench.streams import PAYLOAD, Audience
from tests.peers.recipe import Recipe

__all__ = ["Crowd", "Load", "Search", "crowd", "fan_out", "saturation"]

WARM_UP = 5.0  # events/s, for a second
PATIENCE, IMPATIENCE = 5.0, 2.0  # seconds for what is late to arrive
FEW = 100  # whatever is loaded for the first streams is no stream's own
ENOUGH, LATE = 0.99, 1.0  # a rate is sustained if so much is delivered, and 99 % of it within so many seconds
FIRST_RATE, LEAP, CLOSE = 25.0, 4.0, 1.25  # events/s; factors
MOST_RATE = 25_000.0


class Load(NamedTuple):
    """What became of one rate."""

    subscribers: int
    rate: float  # events published a second
    expected: int  # deliveries
    delivered: int
    cpu: float  # seconds of the server
    p50: float  # seconds
    p99: float
    busy: float  # the generator's share of its core

    @property
    def microseconds(self) -> float:
        """CPU time of the server for each delivery."""
        return self.cpu / max(self.delivered, 1) * 1e6

    @property
    def lost(self) -> int:
        return self.expected - self.delivered

    @property
    def sustained(self) -> bool:
        return self.delivered >= ENOUGH * self.expected and self.p99 < LATE


class Crowd(NamedTuple):
    """Many streams that are mostly idle."""

    held: int
    bytes_each: float  # of RSS, while idle
    load: Load


class Stage:
    """A fresh server and its audience, warmed up."""

    def __init__(self, recipe: Recipe, server: Server, audience: Audience, pump: Pump) -> None:
        self.recipe = recipe
        self.server = server
        self.audience = audience
        self.pump = pump

    def warm_up(self) -> None:
        """Raises BrokenError if even these few events do not arrive."""
        load = self.offer(WARM_UP, 1.0, PATIENCE)
        if load.lost:
            raise BrokenError(
                f"{load.delivered} of {load.expected} events arrived when it had nothing else to do"
            )

    def offer(self, rate: float, seconds: float, patience: float) -> Load:
        """Publish at `rate` for so long, and wait up to `patience` for what is late. Raises BrokenError."""
        bodies = [self.recipe.body(PAYLOAD)] * max(1, round(rate * seconds))
        expected = len(bodies) * len(self.audience)
        self.audience.begin()
        self.pump.begin()
        before = self.server.cpu()
        due = publish(self.pump, self.server.port, self.recipe.publish, bodies, rate, patience)
        busy = self.pump.busy()
        self.audience.drain(expected, patience)
        cpu = self.server.cpu() - before
        latencies = self.audience.latencies(due)
        p50, p99 = np.percentile(latencies, [50, 99]) if latencies.size else (float("inf"), float("inf"))
        return Load(
            len(self.audience), rate, expected, self.audience.events, cpu, float(p50), float(p99), busy
        )


@contextmanager
def stage(recipe: Recipe, where: Cores, subscribers: int) -> Iterator[Stage]:
    """So many streams of a fresh server. Raises BrokenError."""
    with running(recipe, where.server) as server, Pump() as pump:
        audience = Audience(pump, server.port, recipe.subscribe, subscribers)
        try:
            audience.grow(subscribers)
            found = Stage(recipe, server, audience, pump)
            found.warm_up()
            yield found
        finally:
            audience.close()


def fan_out(recipe: Recipe, where: Cores, subscribers: int, rate: float, seconds: float) -> Load:
    """One rate. Raises BrokenError."""
    with stage(recipe, where, subscribers) as ready:
        return ready.offer(rate, seconds, PATIENCE)


class Search:
    """Which rate to try next: up by leaps until one fails, then halfway between what held and what failed."""

    def __init__(self) -> None:
        self._held = 0.0
        self._failed: float | None = None

    def next(self) -> float | None:
        """None: it is known closely enough."""
        if not self._held:
            rate = self._failed / LEAP if self._failed else FIRST_RATE
            return rate if rate >= 1 else None
        if self._failed is None:
            return min(self._held * LEAP, MOST_RATE) if self._held < MOST_RATE else None
        return (self._held * self._failed) ** 0.5 if self._failed / self._held > CLOSE else None

    def tell(self, rate: float, *, held: bool) -> None:
        if held:
            self._held = rate
        else:
            self._failed = rate


def saturation(recipe: Recipe, where: Cores, subscribers: int, seconds: float) -> list[Load]:
    """One rate after another; after one that failed, on a fresh server. Raises BrokenError."""
    search = Search()
    tried: list[Load] = []
    while search.next() is not None:
        with stage(recipe, where, subscribers) as ready:
            while (rate := search.next()) is not None:
                tried.append(ready.offer(rate, seconds, IMPATIENCE))
                search.tell(rate, held=tried[-1].sustained)
                if not tried[-1].sustained:
                    break
    return tried


def crowd(recipe: Recipe, where: Cores, subscribers: int, rate: float, seconds: float) -> Crowd:
    """What an idle stream holds, and whether all of them hear. Raises BrokenError."""
    with running(recipe, where.server) as server, Pump() as pump:
        audience = Audience(pump, server.port, recipe.subscribe, subscribers)
        try:
            audience.grow(FEW)
            few = server.rss()
            audience.grow(subscribers - FEW)
            each = (server.rss() - few) / (subscribers - FEW)
            load = Stage(recipe, server, audience, pump).offer(rate, seconds, PATIENCE)
            return Crowd(len(audience) - audience.lost, each, load)
        finally:
            audience.close()
