"""Whether a figure rises or falls over time: a slope that outliers don't move, with its uncertainty. Pure."""

from collections.abc import Sequence
from math import sqrt
from statistics import median
from typing import NamedTuple

__all__ = ["Trend", "trend"]

Z = 1.96  # 95 %
FEWEST, MOST = 4, 400  # points; all pairs of them are compared


class Trend(NamedTuple):
    """A straight line, and the slopes between which the true one lies, 95 times in 100."""

    slope: float
    low: float
    high: float
    x: float  # the line's middle
    y: float

    @property
    def sure(self) -> bool:
        """Whether it rises or falls at all."""
        return self.low > 0 or self.high < 0

    def at(self, x: float, slope: float | None = None) -> float:
        return self.y + (self.slope if slope is None else slope) * (x - self.x)


def trend(xs: Sequence[float], ys: Sequence[float]) -> Trend | None:
    """The slope of Theil (1950) with the interval of Sen (1968, doi:10.1080/01621459.1968.10480934).

    The interval takes points as independent; where neighbours are alike, it is too narrow. None with fewer
    than four points. Raises ValueError where the two differ in length or one x comes twice.
    """
    points = list(zip(xs, ys, strict=True))
    if len(points) < FEWEST:
        return None
    points = points[:: -(-len(points) // MOST)]
    if len({x for x, _ in points}) < len(points):
        raise ValueError("one x comes twice")
    slopes = sorted((b - y) / (a - x) for n, (x, y) in enumerate(points) for a, b in points[n + 1 :])
    n = len(points)
    spread = Z * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, int((len(slopes) - spread) / 2))
    high = min(len(slopes) - 1, int((len(slopes) + spread) / 2 + 1))
    middle = median(x for x, _ in points)
    slope = median(slopes)
    return Trend(
        slope, slopes[low], slopes[high], middle, median(y - slope * (x - middle) for x, y in points)
    )
