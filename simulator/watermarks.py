"""How far each device's messages have come: two counts a device, and no message. Does no I/O.

A device's messages are the same in every run from the same start, and in the same order, which they keep up
to the receiver. So one count tells which of them are settled, and what is not can be made again.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .holdings import Holdings
from .rng import Ints

__all__ = ["Watermarks"]


class Watermarks:
    """Counts what is made and settled of N devices after `position` (simulated ms), from where a run goes on.

    `settled` says what was settled beyond the position before; or else `holdings` do, what a receiver has.
    """

    def __init__(
        self,
        names: Sequence[str],
        position: int,
        settled: Mapping[str, int] = {},
        holdings: Holdings | None = None,
    ) -> None:
        self.position = position
        self._names, self._holdings = names, holdings
        self._made: Ints = np.zeros(len(names), dtype=np.int64)
        self._settled: Ints = np.array([settled.get(name, 0) for name in names], dtype=np.int64)
        self._base: Ints = self._made.copy()  # made when all was due by `position`
        self._next: tuple[int, Ints] | None = None  # a later position, and what was made by then

    @property
    def outstanding(self) -> int:
        """How many messages are made and not settled."""
        return int(np.maximum(self._made - self._settled, 0).sum())

    def make(self, devices: Ints, seqs: Ints) -> NDArray[np.bool_]:
        """Count messages, one of each device; which of them are to be sent, since they are not settled."""
        fresh = self._made[devices] >= self._settled[devices]
        if self._holdings is not None:
            held = fresh & self._holdings.next(devices, seqs)
            self._settled[devices[held]] += 1
            fresh &= ~held
        self._made[devices] += 1
        return fresh

    def settle(self, devices: Ints) -> None:
        """The next message of each of these devices was taken, or refused for good."""
        np.add.at(self._settled, devices, 1)

    def reach(self, position: int) -> None:
        """All that was due by `position` is made; it becomes ours when that is settled (see `look`)."""
        if self._next is None:
            self._next = position, self._made.copy()

    def look(self) -> dict[str, int]:
        """Move the position on if that is settled; what is settled beyond it, by device."""
        if self._next is not None and (self._settled >= self._next[1]).all():
            self.position, self._base = self._next
            self._next = None
        beyond = self._settled - self._base
        some = np.flatnonzero(beyond)
        counts = zip(some.tolist(), beyond[some].tolist(), strict=True)
        return {self._names[device]: count for device, count in counts}
