"""Exact loss, duplicates and order of one source's numbers, as one subscriber saw them. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

__all__ = ["NEW", "Loss", "Seen", "Track"]

Key = TypeVar("Key")


class Seen(Enum):
    """What a number was when it came."""

    NEW = "new"
    LATE = "late"  # out of order: it was missing until now
    DUPLICATE = "dup"
    HISTORY = "history"  # due before the subscription began, so nobody may expect it


NEW = Seen.NEW  # looked up once: it is the answer to nearly every arrival


@dataclass(frozen=True, slots=True)
class Loss:
    """Of `expected` deliveries, how many never came; `announced` ones follow a reset event of the server."""

    expected: int = 0
    lost: int = 0
    announced: int = 0

    @property
    def silent(self) -> int:
        return self.lost - self.announced

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(self.expected + other.expected, self.lost + other.lost, self.announced + other.announced)


class Track:
    """A source's numbers from `first` on, which must all come: the last one seen, and what is missing."""

    __slots__ = ("_announced", "_missing", "_reset", "first", "last", "source")

    def __init__(self, source: str, first: int) -> None:
        self.source = source
        self.first = first
        self.last = first - 1
        self._missing: set[int] | None = None  # made on first use: most tracks never need them
        self._announced: set[int] | None = None
        self._reset = False

    def see(self, seq: int) -> Seen:
        """Account for one arrival."""
        if seq > self.last:
            if seq > self.last + 1:
                self._skip(range(self.last + 1, seq))
            self.last = seq
            self._reset = False
            return NEW
        if seq < self.first:
            return Seen.HISTORY
        for gap in (self._missing, self._announced):
            if gap and seq in gap:
                gap.discard(seq)
                self._missing, self._announced = self._missing or None, self._announced or None
                return Seen.LATE
        return Seen.DUPLICATE

    def reset(self) -> None:
        """The server said that something is missing from here to the next number."""
        self._reset = True

    def _skip(self, gap: range) -> None:
        if self._reset:
            self._announced = (self._announced or set()) | set(gap)
        else:
            self._missing = (self._missing or set()) | set(gap)

    def whole_until(self, final: int) -> bool:
        """Nothing is missing, up to and including `final`."""
        return self.last >= final and not self._missing and not self._announced

    def missing_in(self, window: range) -> int:
        """How many numbers of a range, none of them beyond the last one seen, have not come."""
        return sum(seq in window for gap in (self._missing, self._announced) for seq in gap or ())

    def losses(
        self, final: int, windows: Mapping[Key, range], unconfirmed: Collection[int] = ()
    ) -> dict[Key, Loss]:
        """Loss up to `final`, the last number published, by window (each a range of numbers).

        `unconfirmed` numbers were never acknowledged by the server, so nobody may expect them.
        """
        said = self._announced or set()
        interior = ((self._missing or set()) | said).difference(unconfirmed)
        found = {}
        for key, window in windows.items():
            due = range(max(window.start, self.first), min(window.stop, final + 1))
            if not due:
                continue
            excused = sum(seq in due for seq in unconfirmed)
            tail = set(range(max(due.start, self.last + 1), due.stop)).difference(unconfirmed)
            gone = tail.union(seq for seq in interior if seq in due)
            announced = len(gone & said) + (len(tail) if self._reset else 0)
            found[key] = Loss(len(due) - excused, len(gone), announced)
        return found
