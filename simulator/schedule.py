"""When each device samples: a grid anchored at 1970, with phase and jitter. Reads no clock."""

from typing import NamedTuple

import numpy as np

from .rng import Ints, Keys, Words, normal, uniform

__all__ = ["Due", "Schedule"]

NEVER = np.iinfo(np.int64).max


class Due(NamedTuple):
    """Samples (rows,): device, number since 1970, moment in the schedule and time stamp (ms UTC)."""

    device: Ints
    sample: Ints
    base: Ints
    ts: Ints


class Schedule:
    """N devices that sample `every` ms from `begin` on and before `end`; times in ms UTC.

    Sample k of a device is at phase + k * every, whatever the run, and is stamped within two `jitter` of it.
    """

    def __init__(
        self, keys: Keys, every: int, jitter: int, begin: int, end: int | None, *, aligned: bool
    ) -> None:
        phase = np.zeros(len(keys.hashes)) if aligned else uniform(keys.stream("schedule.phase"), 0) * every
        self._phase = phase.astype(np.int64)
        self._every, self._jitter, self._end = every, jitter, NEVER if end is None else end
        self._key: Words = keys.stream("schedule.jitter")
        self._sample = self.first_at(begin)
        self._ts = self._stamp(np.arange(len(self._phase)), self._sample)

    def first_at(self, t: int) -> Ints:
        """The number of each device's first sample at or after `t`."""
        return -((self._phase - t) // self._every)

    def next(self) -> int:
        """When the next sample is due; NEVER after the end."""
        return int(self._ts.min(initial=NEVER))

    def take(self, horizon: int) -> Due:
        """One sample of each device that is due by `horizon`, in order of time; they are then done."""
        device = _by_time(np.flatnonzero(self._ts <= horizon), self._ts)
        sample, ts = self._sample[device], self._ts[device]
        self._sample[device] += 1
        self._ts[device] = self._stamp(device, self._sample[device])
        return Due(device, sample, self._phase[device] + sample * self._every, ts)

    def _stamp(self, device: Ints, sample: Ints) -> Ints:
        base = self._phase[device] + sample * self._every
        ts = base
        if self._jitter:
            ts = base + (self._jitter * np.clip(normal(self._key[device], sample), -2, 2)).astype(np.int64)
        return np.where(base < self._end, ts, NEVER)


def _by_time(device: Ints, ts: Ints) -> Ints:
    """Devices in order of time and number; both go into one integer, as sorting those is quickest."""
    if not len(device):
        return device
    bits = int(device[-1]).bit_length()
    key = ts[device]
    key -= key.min()
    key <<= bits
    key |= device
    key.sort()
    key &= (1 << bits) - 1
    return key
