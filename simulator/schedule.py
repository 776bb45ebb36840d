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
        everyone, first = np.arange(len(self._phase)), self._phase + self._sample * every
        self._ts = self._stamp(everyone, self._sample, first)

    def first_at(self, t: int) -> Ints:
        """The number of each device's first sample at or after `t`."""
        return -((self._phase - t) // self._every)

    def next(self) -> int:
        """When the next sample is due; NEVER after the end."""
        return int(self._ts.min(initial=NEVER))

    def take(self, horizon: int) -> Due:
        """One sample of each device that is due by `horizon`, in order of time; they are then done."""
        device = _by_time(np.flatnonzero(self._ts <= horizon), self._ts)
        sample, ts = self._sample.take(device), self._ts.take(device)
        base = self._phase.take(device) + sample * self._every
        self._sample[device] = sample + 1
        self._ts[device] = self._stamp(device, sample + 1, base + self._every)
        return Due(device, sample, base, ts)

    def _stamp(self, device: Ints, sample: Ints, base: Ints) -> Ints:
        """The time stamps of samples that are due at `base`; NEVER after the end."""
        ts = base.copy()
        if self._jitter:
            error = normal(self._key.take(device), sample)
            ts += (self._jitter * np.minimum(np.maximum(error, -2.0), 2.0)).astype(np.int64)
        ts[base >= self._end] = NEVER
        return ts


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
