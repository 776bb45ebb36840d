"""Holds what a device should have delivered against the books of the receiver. Pure."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.proof.expected import Expectation
from simulator.stats import DeviceStats

__all__ = ["Account", "Finding", "audit"]

Present = NDArray[np.bool_]


class Finding(NamedTuple):
    """The first thing that is wrong with a device; `seq` is None where the books don't say which."""

    device: str
    seq: int | None
    what: Literal["missing", "extra", "different"]
    note: str = ""


class Account(NamedTuple):
    """Of one device: messages expected, and held by the receiver; `extra` are those held and not expected."""

    expected: int
    seen: int
    missing: int
    extra: int
    duplicates: int
    finding: Finding | None


def audit(
    device: str, boot: int, expected: Expectation, book: DeviceStats | None, *, over: bool = True
) -> Account:
    """Judge one device. Of a run that is not `over` the receiver may have more than is expected so far."""
    if book is None or book.boot != boot:
        return _unknown(device, boot, expected, book)
    if book.count == expected.count and book.digest.lower() == f"{expected.digest:016x}":
        return Account(expected.count, book.count, 0, 0, book.duplicates, None)
    held, known = _held(book, len(expected.seqs))
    absent = np.flatnonzero(expected.seqs & ~held & known)
    surplus = np.flatnonzero(held & ~expected.seqs & known)
    beyond = _beyond(book, len(held))
    missing = max(len(absent), expected.count - book.count)
    extra = max(0, book.count - (expected.count - missing))
    finding = None
    if missing:
        finding = Finding(device, int(absent[0]) if len(absent) else None, "missing")
    elif extra and over:
        finding = Finding(device, int(surplus[0]) if len(surplus) else beyond, "extra")
    elif not extra:
        finding = Finding(device, None, "different", "" if book.digest else "the books have no digest")
    return Account(expected.count, book.count, missing, extra, book.duplicates, finding)


def _unknown(device: str, boot: int, expected: Expectation, book: DeviceStats | None) -> Account:
    """The receiver has nothing of this run, or says nothing of it."""
    note = "the receiver does not know the device"
    if book is not None:
        kind = "a later" if book.boot > boot else "an earlier"
        note = f"the receiver tells of {kind} run, boot {book.boot}, and this one is {boot}"
    first = np.flatnonzero(expected.seqs)[:1].tolist()
    finding = Finding(device, first[0], "missing", note) if first else None
    return Account(expected.count, 0, expected.count, 0, 0, finding)


def _held(book: DeviceStats, size: int) -> tuple[Present, Present]:
    """Which of the first `size` seqs the receiver holds, and of which its books say so."""
    held, known = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)
    if book.first_seq is None or book.last_seq is None:
        return held, known
    held[book.first_seq : book.last_seq + 1] = True
    for low, high in book.gaps:
        held[low : high + 1] = False
    if _named(book) < book.missing:
        known[book.gaps[-1][1] + 1 if book.gaps else book.first_seq + 1 : book.last_seq] = False
    return held, known


def _beyond(book: DeviceStats, size: int) -> int | None:
    """The first seq from `size` on that the receiver holds."""
    if book.first_seq is None or book.last_seq is None or book.last_seq < size:
        return None
    first = max(book.first_seq, size)
    for low, high in book.gaps:
        if low <= first <= high:
            first = high + 1
    return first if _named(book) >= book.missing else book.last_seq


def _named(book: DeviceStats) -> int:
    """How many of those that are missing are in a gap that is named."""
    return sum(high - low + 1 for low, high in book.gaps)
