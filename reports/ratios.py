"""How many times as much: ratios between the runs of two sides, and what repeats say of their noise. Pure."""

from collections.abc import Sequence
from math import comb, inf
from statistics import median
from typing import NamedTuple

__all__ = ["FEWEST", "Ratio", "chance", "compared", "ratio"]

FEWEST = 3  # runs a side, from which two sides can be told apart


def ratio(value: float, base: float) -> float:
    """`value` in units of `base`; from nothing to something is infinitely more, nothing stays nothing."""
    return value / base if base else (inf if value else 1.0)


class Ratio(NamedTuple):
    """The ratio of the medians; from the lowest to the highest that two single runs would have given.

    `apart` is whether every run of one side lies beyond every run of the other; None with fewer than three
    runs of each, of which that would say little.
    """

    value: float
    low: float
    high: float
    apart: bool | None


def compared(values: Sequence[float], base: Sequence[float]) -> Ratio:
    """Raises statistics.StatisticsError where a side is empty."""
    low, high = ratio(min(values), max(base)), ratio(max(values), min(base))
    repeated = min(len(values), len(base)) >= FEWEST
    apart = (min(values) > max(base) or max(values) < min(base)) if repeated else None
    return Ratio(ratio(median(values), median(base)), low, high, apart)


def chance(runs: int, base: int) -> int:
    """Two sides that are alike lie apart once in so many comparisons (the exact test of Mann and Whitney)."""
    return comb(runs + base, base) // 2
