"""When each device samples: a grid anchored at 1970, with phase and jitter. Reads no clock."""

from typing import NamedTuple

import numpy as np

from .rng import Ints, Keys, Words, normal, uniform

__all__ = ["NEVER", "Due", "Duty", "Schedule"]

NEVER = np.iinfo(np.int64).max


class Due(NamedTuple):
    """Samples (rows,): device, number since 1970, moment in the schedule and time stamp (ms UTC)."""

    device: Ints
    sample: Ints
    base: Ints
    ts: Ints


class Duty(NamedTuple):
    """Awake for `on` ms at the beginning of each `cycle` (ms), asleep for the rest."""

    on: int
    cycle: int


class Schedule:
    """N devices that sample `every` ms while awake, from `begin` on and before `end`; times in ms UTC.

    Sample k of a device is number k % burst of its cycle k // burst, whatever the run, and is stamped within
    two `jitter` of its place there. Who never sleeps has cycles of one period with one sample each.
    """

    def __init__(
        self,
        keys: Keys,
        every: int,
        jitter: int,
        begin: int,
        end: int | None,
        *,
        aligned: bool,
        duty: Duty | None = None,
    ) -> None:
        self._burst, self._cycle = (-(-duty.on // every), duty.cycle) if duty else (1, every)
        spread = np.zeros(len(keys.hashes)) if aligned else uniform(keys.stream("schedule.phase"), 0)
        self._phase = (spread * self._cycle).astype(np.int64)
        self._every, self._jitter, self._end = every, jitter, NEVER if end is None else end
        self._key: Words = keys.stream("schedule.jitter")
        self._sample = self.first_at(begin)
        everyone = np.arange(len(self._phase))
        self._ts = self._stamp(everyone, self._sample, self._base(everyone, self._sample))
        self._next = int(self._ts.min(initial=NEVER))

    def first_at(self, t: int) -> Ints:
        """The number of each device's first sample at or after `t`."""
        cycle, since = np.divmod(t - self._phase, self._cycle)
        sample: Ints = cycle * self._burst + np.minimum(-(-since // self._every), self._burst)
        return sample

    def next(self) -> int:
        """When the next sample is due; NEVER after the end."""
        return self._next

    def take(self, horizon: int) -> Due:
        """One sample of each device that is due by `horizon`, in order of time; they are then done."""
        device = _by_time(np.flatnonzero(self._ts <= horizon), self._ts)
        sample, ts = self._sample.take(device), self._ts.take(device)
        base = self._base(device, sample)
        self._sample[device] = sample + 1
        self._ts[device] = self._stamp(device, sample + 1, self._base(device, sample + 1))
        self._next = int(self._ts.min(initial=NEVER))
        return Due(device, sample, base, ts)

    def _base(self, device: Ints, sample: Ints) -> Ints:
        """When these samples are due, but for the jitter."""
        cycle, within = np.divmod(sample, self._burst) if self._burst > 1 else (sample, 0)
        return self._phase.take(device) + cycle * self._cycle + within * self._every

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
