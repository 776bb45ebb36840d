"""Holds what a device should have delivered against the books of the receiver. Pure."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .expected import Expectation
from .stats import DeviceStats

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
    same = book.count == expected.count
    if same and int(book.digest or "0", 16) == expected.digest:
        return Account(expected.count, book.count, 0, 0, book.duplicates, None)
    held, known = _held(book, len(expected.seqs))
    absent = np.flatnonzero(expected.seqs[:known] & ~held[:known])
    surplus = np.flatnonzero(held[:known] & ~expected.seqs[:known])
    beyond = _beyond(book, len(held))
    missing = max(len(absent), expected.count - book.count)
    extra = max(0, book.count - (expected.count - missing))
    finding = None
    if missing:
        finding = Finding(device, int(absent[0]) if len(absent) else None, "missing")
    elif extra and over:
        finding = Finding(device, int(surplus[0]) if len(surplus) else beyond, "extra")
    elif not extra:
        finding = Finding(device, None, "different")
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


def _held(book: DeviceStats, size: int) -> tuple[Present, int]:
    """Which of the first `size` seqs the receiver holds, and up to where its books say so."""
    held = np.zeros(size, dtype=bool)
    if book.first_seq is None or book.last_seq is None:
        return held, size
    held[book.first_seq : book.last_seq + 1] = True
    for low, high in book.gaps:
        held[low : high + 1] = False
    named = sum(high - low + 1 for low, high in book.gaps)
    if named >= book.missing:
        return held, size
    return held, min(size, book.gaps[-1][1] + 1 if book.gaps else book.first_seq + 1)


def _beyond(book: DeviceStats, size: int) -> int | None:
    """The first seq from `size` on that the receiver holds."""
    if book.first_seq is None or book.last_seq is None or book.last_seq < size:
        return None
    first = max(book.first_seq, size)
    for low, high in book.gaps:
        if low <= first <= high:
            first = high + 1
    return first if sum(high - low + 1 for low, high in book.gaps) >= book.missing else book.last_seq
