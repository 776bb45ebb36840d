"""When each probe is due: an open-loop schedule, decided before the run. Reads no clock."""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Schedule"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Publisher `index` of `of`, which together publish `rate` probes a second, evenly, until `end_ns`."""

    begin_ns: int
    end_ns: int
    rate: float
    index: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not self.rate > 0:
            raise ValueError("a schedule needs a rate above 0")
        if not 0 <= self.index < self.of:
            raise ValueError("index must lie in 0 … of - 1")

    def intended_ns(self, seq: int) -> int:
        """When probe `seq` (from 0) is due."""
        interval_ns = 10**9 / Fraction(self.rate).limit_denominator(1_000_000)
        return self.begin_ns + int((seq * self.of + self.index) * interval_ns)

    def seqs(self, begin_ns: int, end_ns: int) -> range:
        """The probes due in [begin_ns, end_ns), within the schedule."""
        return range(self.first_from(begin_ns), self.first_from(min(end_ns, self.end_ns)))

    def first_from(self, ns: int) -> int:
        """The first probe due at `ns` or later, even if that is past the end."""
        bound = 2 + int(max(0, ns - self.begin_ns) * self.rate / self.of / 1e9)
        return bisect_left(range(bound), ns, key=self.intended_ns)
