"""What a receiver has of a run by its `GET /stats`: where to go on without a state file. Does no I/O."""

import math
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from .plan import GroupPlan
from .rng import Ints
from .stats import DeviceStats, Stats

__all__ = ["Holdings"]


class Holdings:
    """Tells which messages the receiver has already, up to the first of each device that it has not.

    From there on all is sent, in order: it may be a repeat for the receiver, and never a gap.
    """

    def __init__(self, stats: Stats, names: Sequence[str], boot: int) -> None:
        spans = [_spans(stats.devices.get(name), boot) for name in names]
        self._first = np.array([missing[0][0] for missing, _ in spans], dtype=np.int64)
        self._last = np.array([last for _, last in spans], dtype=np.int64)
        self._missing = [missing for missing, _ in spans]
        self._latest = [_latest(stats.devices.get(name), boot) for name in names]
        self._whole = np.ones(len(names), dtype=bool)  # those of which it has all so far

    def next(self, devices: Ints, seqs: Ints) -> NDArray[np.bool_]:
        """Which of these messages, one of each device and its next, the receiver has."""
        has = seqs < self._first[devices]
        for row in np.flatnonzero(~has & (seqs <= self._last[devices])).tolist():
            seq = int(seqs[row])
            has[row] = not any(low <= seq <= high for low, high in self._missing[int(devices[row])])
        has &= self._whole[devices]
        self._whole[devices[~has]] = False
        return has

    def reached(self, plans: Sequence[GroupPlan], origin: int) -> int:
        """By when (simulated ms) all that it has was measured, if seq 0 was at `origin` or later."""
        latest, found = iter(self._latest), origin
        for plan in plans:
            profile, number = plan.profile, 1 + max(islice(latest, len(plan.ids)), default=-1)
            if number:
                took = math.ceil(1000 * number / profile.rate) + profile.longest_pause
                found = max(found, origin + took)
        return found


def _latest(stats: DeviceStats | None, boot: int) -> int:
    """The last seq that the receiver has."""
    return -1 if stats is None or stats.boot != boot or stats.last_seq is None else stats.last_seq


def _spans(stats: DeviceStats | None, boot: int) -> tuple[list[tuple[int, int]], int]:
    """What is missing, at least one span, and the last seq of which it is known whether it is."""
    if stats is None or stats.boot != boot or stats.first_seq is None or stats.last_seq is None:
        return [(0, 0)], -1
    missing = [(0, stats.first_seq - 1)] if stats.first_seq else []
    missing += stats.gaps
    named = sum(high - low + 1 for low, high in stats.gaps)
    last = stats.last_seq if named >= stats.missing else stats.gaps[-1][1] if stats.gaps else -1
    return missing or [(last + 1, last + 1)], last
