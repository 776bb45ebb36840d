"""Messages that the network hands over later than they were sent: delayed, overtaken, repeated. No I/O."""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .rng import Floats, Ints

__all__ = ["TICK", "Postponed", "Rows"]

TICK = 1000  # ms; they are handed over at whole seconds


class Rows(NamedTuple):
    """Readings in order of time: device index, seq, time stamp (rows,); values (sensors, rows), NaN: none.

    `at` (rows,) is when they are due to be handed over, in ms UTC, by a clock that is right.
    """

    device: Ints
    seq: Ints
    ts: Ints
    at: Ints
    values: Floats
    late: bool

    def take(self, rows: Ints) -> "Rows":
        """Some of the rows."""
        device, seq, ts, at = (column[rows] for column in self[:4])
        return Rows(device, seq, ts, at, self.values[:, rows], self.late)


class Postponed:
    """Single rows, until the moment at which they arrive."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Rows]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, rows: Rows, row: int, until: int) -> None:
        """Keep a row until `until` ms UTC, rounded up to a second."""
        self._count += 1  # which keeps rows of one moment in the order in which they came
        moment = -(-until // TICK) * TICK
        one = rows.take(np.array([row], dtype=np.int64))._replace(at=np.array([moment], dtype=np.int64))
        heapq.heappush(self._waiting, (moment, self._count, one))

    def next(self, never: int) -> int:
        """When one arrives next."""
        return self._waiting[0][0] if self._waiting else never

    def due(self, until: int) -> Iterator[Rows]:
        """What has arrived by then."""
        while self._waiting and self._waiting[0][0] <= until:
            yield heapq.heappop(self._waiting)[2]
