"""Rectangular pulses: things that are switched on for a while, more often at some hours. Pure in (key, time).

Windowed Poisson events over local days, as in stochastic models of water demand (Buchberger, Wu 1995) and of
appliances (Richardson, Thomson, Infield, Clifford 2010).
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .events import events_of_day
from .rng import NORMALS, Floats, Ints, Keys, Words

__all__ = ["Pulse", "Pulses"]

DAY = 86400
SPLIT = 1 << 20  # a mark of 53 bits serves as two numbers
STEADY = (1.0,) * 24


class Pulse(NamedTuple):
    """A kind: how many a day, how long (median s, geometric sd), how high (± share), when (hourly weight)."""

    per_day: float
    seconds: float
    gsd: float
    height: float
    spread: float = 0.0
    hours: Sequence[float] = STEADY


class Drawn(NamedTuple):
    """The pulses that begin on one day: whose, and from when to when in local seconds of that day."""

    device: Ints
    start: Floats
    end: Floats
    height: Floats


class Pulses:
    """Pulses of these kinds for each device, each kind with a stream of its own."""

    def __init__(self, keys: Keys, kinds: Mapping[str, Pulse]) -> None:
        self._count = len(keys.hashes)
        self._kinds = [(keys.stream(f"pulses.{name}"), kind) for name, kind in kinds.items()]
        self.of_day = lru_cache(maxsize=3)(self._draw)
        self._on_day = lru_cache(maxsize=2)(self._gather)

    def at(self, day: int, second: float) -> Floats:
        """The height of what is on, summed for each device; (day, second) is local time."""
        return self.since_start(day, second)[0]

    def since_start(self, day: int, second: float) -> tuple[Floats, Floats]:
        """The sum of heights, and the seconds since the latest of them began (0 where none is on)."""
        drawn, since = self._on_day(day), np.zeros(self._count)
        on = np.flatnonzero((drawn.start <= second) & (second < drawn.end))
        since[drawn.device[on]] = second - drawn.start[on]
        return _summed(drawn.device[on], drawn.height[on], self._count), since

    def mean(self, day: int, second: float, seconds: float) -> Floats:
        """The mean of `at` over the next `seconds`, up to midnight."""
        drawn = self._on_day(day)
        on = np.flatnonzero((drawn.start < second + seconds) & (second < drawn.end))
        shared = np.minimum(drawn.end[on], second + seconds) - np.maximum(drawn.start[on], second)
        return _summed(drawn.device[on], drawn.height[on] * shared / seconds, self._count)

    def _gather(self, day: int) -> Drawn:
        """What begins on that day, and what the day before has left on."""
        before, today = self.of_day(day - 1), self.of_day(day)
        left = before.end > DAY
        return Drawn(
            np.concatenate([before.device[left], today.device]),
            np.concatenate([before.start[left] - DAY, today.start]),
            np.concatenate([before.end[left] - DAY, today.end]),
            np.concatenate([before.height[left], today.height]),
        )

    def _draw(self, day: int) -> Drawn:
        drawn = [_pulses(key, kind, day) for key, kind in self._kinds]
        return Drawn(*(np.concatenate(column) for column in zip(*drawn, strict=True)))


def _summed(device: Ints, weights: Floats, count: int) -> Floats:
    return np.bincount(device, weights, count).astype(np.float64)


def _pulses(key: Words, kind: Pulse, day: int) -> Drawn:
    events = events_of_day(key, day, kind.per_day)
    weights = np.asarray(kind.hours, dtype=np.float64)
    share = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
    start = np.interp(events.time, share, np.arange(25) * 3600.0)
    first, second = events.mark, events.mark * SPLIT % 1
    length = kind.seconds * np.exp(math.log(kind.gsd) * NORMALS[(first * len(NORMALS)).astype(np.intp)])
    height = kind.height * (1 + kind.spread * (2 * second - 1))
    return Drawn(events.device, start, start + np.minimum(length, DAY), height)
