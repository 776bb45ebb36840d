"""What was kept of each device's highest boot: counts, gaps and a digest, for a sender to compare. Pure.

The digest is the sum modulo 2^64 of the first 8 bytes (little endian) of BLAKE2b-512 over
`device NUL boot NUL seq NUL data` of each measurement, so their order does not matter.
"""

import json
from bisect import bisect
from hashlib import blake2b
from typing import Any, NamedTuple

__all__ = ["Figures", "Tally", "from_row", "row_of"]

Gap = tuple[int, int]  # the first and the last sequence number that is missing
MOST_GAPS = 1_000  # that are remembered; `missing` counts them all
SHOWN_GAPS = 100


class Figures(NamedTuple):
    """Of one device and boot; `first` and `last` mean nothing while `kept` is 0."""

    boot: int
    kept: int = 0  # measurements with different numbers
    duplicates: int = 0
    first: int = 0
    last: int = 0
    digest: int = 0
    gaps: tuple[Gap, ...] = ()

    def fields(self) -> dict[str, Any]:
        """As `GET /stats` tells them."""
        return {
            "boot": self.boot,
            "count": self.kept,
            "duplicates": self.duplicates,
            "first_seq": self.first if self.kept else None,
            "last_seq": self.last if self.kept else None,
            "missing": max(0, self.last - self.first + 1 - self.kept) if self.kept else 0,
            "gaps": self.gaps[:SHOWN_GAPS],
            "digest": f"{self.digest:016x}",
        }


class Tally:
    """Figures that grow with each measurement: a record for each would be most of what counting costs."""

    __slots__ = ("_boot", "_digest", "_duplicates", "_first", "_gaps", "_kept", "_last")

    def __init__(self, before: Figures | None = None) -> None:
        self._begin(before or Figures(-1))

    def _begin(self, figures: Figures) -> None:
        self._boot, self._kept, self._duplicates, self._first, self._last, self._digest, self._gaps = figures

    def add(self, device: str, boot: int, seq: int, data: str, *, new: bool) -> None:
        """One more measurement, new or a duplicate."""
        if boot > self._boot:
            self._begin(Figures(boot))
        elif boot < self._boot:
            return
        if not new:
            self._duplicates += 1
            return
        text = f"{device}\0{boot}\0{seq}\0{data}"
        self._digest += int.from_bytes(blake2b(text.encode()).digest()[:8], "little")
        if not self._kept:
            self._first = self._last = seq
        elif seq == self._last + 1:
            self._last = seq
        else:
            self._gaps = gaps_with(self._gaps, self._first, self._last, seq)[:MOST_GAPS]
            self._first, self._last = min(self._first, seq), max(self._last, seq)
        self._kept += 1

    def figures(self) -> Figures:
        digest = self._digest % 2**64
        return Figures(self._boot, self._kept, self._duplicates, self._first, self._last, digest, self._gaps)


def gaps_with(gaps: tuple[Gap, ...], first: int, last: int, seq: int) -> tuple[Gap, ...]:
    """The gaps between `first` and `last` that are left when `seq` has come, in order."""
    if seq > last:
        return (*gaps, (last + 1, seq - 1))
    if seq < first:
        return ((seq + 1, first - 1), *gaps) if seq + 1 < first else gaps
    at = bisect(gaps, seq, key=lambda gap: gap[0]) - 1
    if at < 0 or gaps[at][1] < seq:  # one that is not remembered, or a repeat that was forgotten
        return gaps
    start, end = gaps[at]
    left = [gap for gap in ((start, seq - 1), (seq + 1, end)) if gap[0] <= gap[1]]
    return (*gaps[:at], *left, *gaps[at + 1 :])


def row_of(device: str, figures: Figures) -> tuple[object, ...]:
    """For a table; a digest may be larger than SQLite's integers."""
    gaps = json.dumps(figures.gaps) if figures.gaps else "[]"
    return device, *figures[:5], figures.digest.to_bytes(8, "little"), gaps


def from_row(row: tuple[Any, ...]) -> tuple[str, Figures]:
    """The reverse of `row_of`."""
    device, boot, kept, duplicates, first, last, digest, gaps = row
    pairs = tuple((start, end) for start, end in json.loads(gaps))
    return device, Figures(boot, kept, duplicates, first, last, int.from_bytes(digest, "little"), pairs)
