"""Latency over time from a run's coarse histograms: what came in each step, in columns. Draws nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from math import ceil

from reports.load_schema import Series
from reports.packed import buckets

__all__ = ["Column", "columns", "upper_edge", "within"]


def upper_edge(edge: int, bits: int) -> int:
    """Where the bucket ends that begins at `edge`, in a histogram of `bits` significant bits."""
    return edge + (1 << max(0, edge.bit_length() - bits - 1))


@dataclass(frozen=True, slots=True)
class Column:
    """The deliveries that were due in [begin, end) seconds: samples by lower edge in µs."""

    begin: float
    end: float
    counts: Mapping[int, int]
    bits: int

    @property
    def n(self) -> int:
        return sum(self.counts.values())

    def quantile(self, q: float) -> float:
        """In µs, taking samples as evenly spread inside a bucket. Raises ValueError without samples."""
        if not self.counts:
            raise ValueError("nothing was delivered in this column")
        edges = sorted(self.counts)
        rank = q * self.n
        for edge, upto in zip(edges, accumulate(self.counts[edge] for edge in edges), strict=True):
            if upto >= rank:
                inside = 1 - (upto - rank) / self.counts[edge]
                return edge + inside * (upper_edge(edge, self.bits) - edge)
        return float(upper_edge(edges[-1], self.bits))

    def coarse(self, bits: int) -> dict[int, int]:
        """The same in wider buckets, of fewer significant bits."""
        found: Counter[int] = Counter()
        for edge, n in self.counts.items():
            shift = max(0, edge.bit_length() - bits - 1)
            found[edge >> shift << shift] += n
        return dict(found)


def columns(series: Series, most: int) -> list[Column]:
    """At most `most` columns of equal length, those without deliveries left out; ascending."""
    if series.heat is None or not series.heat.rows:
        return []
    first, step = series.t[0], series.step_s
    width = step * max(1, ceil((series.t[-1] - first + step) / step / most))
    steps = zip(series.t, series.heat.rows, strict=True)
    found = []
    for number, together in groupby(steps, key=lambda row: int((row[0] - first) // width)):
        counts: Counter[int] = Counter()
        for _, packed in together:
            for edge, n in buckets(packed):
                counts[edge] += n
        counts = +counts
        if counts:
            begin = first + number * width
            found.append(Column(begin, begin + width, dict(counts), series.heat.bits))
    return found


def within(found: Sequence[Column], span: tuple[float, float]) -> list[Column]:
    """Those that lie in a span of seconds as a whole."""
    return [column for column in found if span[0] <= column.begin and column.end <= span[1]]
