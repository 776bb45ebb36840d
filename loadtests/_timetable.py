"""When the probes of all publishers together are due: sorted sequences of instants (ns). Reads no clock."""

import random
from abc import abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import overload

from loadtests._plan import SECOND

__all__ = ["Bursts", "Even", "Joined", "Listed", "Timetable", "poisson"]


class Timetable(Sequence[int]):
    """Instants in order; `bisect` finds the first one from some moment on."""

    def __init__(self, count: int) -> None:
        self._count = count

    @abstractmethod
    def due(self, number: int) -> int:
        """The instant of that number, which there is."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> int: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[int]: ...
    def __getitem__(self, number: int | slice) -> int | Sequence[int]:
        if isinstance(number, slice):
            return [self.due(each) for each in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self.due(number)


class Even(Timetable):
    """`rate` a second from `begin_ns` on, none at or after `end_ns`."""

    def __init__(self, begin_ns: int, end_ns: int, rate: float) -> None:
        if not rate > 0:
            raise ValueError("a timetable needs a rate above 0")
        interval = SECOND / Fraction(rate).limit_denominator(1_000_000)
        self._begin_ns, self._times, self._by = begin_ns, interval.numerator, interval.denominator
        super().__init__(max(0, -(-(end_ns - begin_ns) * self._by // self._times)))

    def due(self, number: int) -> int:
        return self._begin_ns + number * self._times // self._by


class Bursts(Timetable):
    """`size` at once, every `seconds`, the first of them at `begin_ns`."""

    def __init__(self, begin_ns: int, end_ns: int, size: int, seconds: float) -> None:
        self._moments = Even(begin_ns, end_ns, 1 / seconds)
        self._size = size
        super().__init__(size * len(self._moments))

    def due(self, number: int) -> int:
        return self._moments.due(number // self._size)


class Listed(Timetable):
    """Instants that were written down."""

    def __init__(self, instants: Sequence[int]) -> None:
        self._instants = instants
        super().__init__(len(instants))

    def due(self, number: int) -> int:
        return self._instants[number]


class Joined(Timetable):
    """One timetable after the other."""

    def __init__(self, parts: Sequence[Timetable]) -> None:
        self._parts = parts
        self._ends = [*accumulate(len(part) for part in parts)]
        super().__init__(self._ends[-1] if parts else 0)

    def due(self, number: int) -> int:
        part = bisect_right(self._ends, number)
        return self._parts[part].due(number - (self._ends[part - 1] if part else 0))


def poisson(begin_ns: int, end_ns: int, rate: float, seed: int) -> Timetable:
    """Independent arrivals, `rate` a second on average, the same for the same seed."""
    if not rate > 0:
        raise ValueError("a timetable needs a rate above 0")
    draw = random.Random(f"{seed} {rate}").expovariate
    instants, ns = array("q"), begin_ns + draw(rate) * SECOND
    while ns < end_ns:
        instants.append(int(ns))
        ns += draw(rate) * SECOND
    return Listed(instants)
