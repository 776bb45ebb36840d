"""How a figure drifts in the course of hours: a slope that outliers don't move, and its error. Pure."""

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Slope", "slope"]

FEWEST = 4  # points; fewer say nothing
CONFIDENCE = 1.96  # standard deviations: 95 %


class Slope(NamedTuple):
    """Units of y per unit of x, with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def slope(xs: Sequence[float], ys: Sequence[float]) -> Slope | None:
    """The median of all slopes between two points (Theil 1950, Sen 1968); None for too few points.

    The interval is Sen's: the ranks that Kendall's tau would have by chance. `xs` rise.
    """
    n = len(xs)
    if n < FEWEST:
        return None
    found = sorted((ys[j] - ys[i]) / (xs[j] - xs[i]) for i in range(n) for j in range(i + 1, n))
    half = CONFIDENCE * math.sqrt(n * (n - 1) * (2 * n + 5) / 18) / 2
    middle, last = len(found) / 2, len(found) - 1
    low, high = max(0, math.floor(middle - half)), min(last, math.ceil(middle + half))
    return Slope(_median(found), found[low], found[high])


def _median(ranked: Sequence[float]) -> float:
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
