"""What was kept of each device's highest boot: counts, gaps and a digest, for a sender to compare. Pure.

The digest is the sum modulo 2^64 of the first 8 bytes (little endian) of BLAKE2b-512 over
`device NUL boot NUL seq NUL data` of each measurement, so their order does not matter.
"""

import json
from bisect import bisect
from hashlib import blake2b
from typing import Any, NamedTuple

__all__ = ["Figures", "counted", "from_row", "row_of"]

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


def counted(before: Figures | None, device: str, boot: int, seq: int, data: str, *, new: bool) -> Figures:
    """The figures after one more measurement, new or a duplicate."""
    if before is None or boot > before.boot:
        before = Figures(boot)
    if boot < before.boot:
        return before
    if not new:
        return before._replace(duplicates=before.duplicates + 1)
    digest = (before.digest + summand(device, boot, seq, data)) % 2**64
    if not before.kept:
        return Figures(boot, 1, before.duplicates, seq, seq, digest)
    first, last = min(before.first, seq), max(before.last, seq)
    gaps = before.gaps if seq == before.last + 1 else gaps_with(before, seq)[:MOST_GAPS]
    return Figures(boot, before.kept + 1, before.duplicates, first, last, digest, gaps)


def summand(device: str, boot: int, seq: int, data: str) -> int:
    text = f"{device}\0{boot}\0{seq}\0{data}"
    return int.from_bytes(blake2b(text.encode()).digest()[:8], "little")


def gaps_with(before: Figures, seq: int) -> tuple[Gap, ...]:
    """The gaps that are left when `seq` has come, in order."""
    gaps = before.gaps
    if seq > before.last:
        return (*gaps, (before.last + 1, seq - 1))
    if seq < before.first:
        return ((seq + 1, before.first - 1), *gaps) if seq + 1 < before.first else gaps
    at = bisect(gaps, seq, key=lambda gap: gap[0]) - 1
    if at < 0 or gaps[at][1] < seq:  # one that is not remembered, or a repeat that was forgotten
        return gaps
    start, end = gaps[at]
    left = [gap for gap in ((start, seq - 1), (seq + 1, end)) if gap[0] <= gap[1]]
    return (*gaps[:at], *left, *gaps[at + 1 :])


def row_of(device: str, figures: Figures) -> tuple[object, ...]:
    """For a table; a digest may be larger than SQLite's integers."""
    return device, *figures[:5], figures.digest.to_bytes(8, "little"), json.dumps(figures.gaps)


def from_row(row: tuple[Any, ...]) -> tuple[str, Figures]:
    """The reverse of `row_of`."""
    device, boot, kept, duplicates, first, last, digest, gaps = row
    pairs = tuple((start, end) for start, end in json.loads(gaps))
    return device, Figures(boot, kept, duplicates, first, last, int.from_bytes(digest, "little"), pairs)
