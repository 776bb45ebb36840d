"""When the probes of one source are due: its share of a timetable, decided before the run. Reads no clock."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Schedule"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every `of`-th instant of `timetable`, from number `index` on. `topic` is where its probes go."""

    timetable: Sequence[int]
    index: int = 0
    of: int = 1
    topic: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.of:
            raise ValueError("index must lie in 0 … of - 1")

    def __len__(self) -> int:
        return max(0, -(-(len(self.timetable) - self.index) // self.of))

    def intended_ns(self, seq: int) -> int:
        """When probe `seq` (from 0) is due. Raises IndexError past the last one."""
        return self.timetable[seq * self.of + self.index]

    def seqs(self, begin_ns: int, end_ns: int) -> range:
        """The probes due in [begin_ns, end_ns)."""
        return range(self.first_from(begin_ns), self.first_from(end_ns))

    def first_from(self, ns: int) -> int:
        """The first probe due at `ns` or later, one past the last when there is none."""
        return max(0, -(-(bisect_left(self.timetable, ns) - self.index) // self.of))
