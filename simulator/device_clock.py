"""The clocks of devices: they run fast or slow until the next time they are set. Pure."""

from dataclasses import dataclass

import numpy as np

from .distributions import Constant, Distribution
from .rng import Floats, Ints, Keys, uniform

__all__ = ["EXACT", "ClockPlan", "DeviceClocks"]


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """How far off a clock runs (ppm: 20 are 1.7 s a day), how wrong it is set (ms), and how often (ms)."""

    ppm: Distribution
    offset: Distribution
    ntp: int


EXACT = ClockPlan(Constant(0.0), Constant(0.0), 86_400_000)


class DeviceClocks:
    """The clocks of N devices, each set every `ntp` at a moment of its own; its stamps then step."""

    def __init__(self, plan: ClockPlan, keys: Keys) -> None:
        self._ppm: Floats = plan.ppm.draw(keys.stream("clock.ppm"))
        self._offset: Floats = plan.offset.draw(keys.stream("clock.offset"))
        self._ntp = plan.ntp
        self._phase = (uniform(keys.stream("clock.ntp"), 0) * plan.ntp).astype(np.int64)
        self._exact = not (self._ppm.any() or self._offset.any())

    def stamp(self, device: Ints, t: Ints) -> Ints:
        """What these devices' clocks show at `t` ms UTC."""
        if self._exact:
            return t
        since = (t - self._phase[device]) % self._ntp
        error = self._offset[device] + self._ppm[device] * 1e-6 * since
        return t + np.rint(error).astype(np.int64)
