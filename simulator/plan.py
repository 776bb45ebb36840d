"""What a fleet is to be: its kinds of devices, its groups, and the span of a run. Records only."""

from dataclasses import dataclass
from typing import NamedTuple

from .device_clock import ClockPlan
from .distributions import Distribution
from .faults import Fault
from .models.model import Model
from .schedule import Duty
from .sensors import Sensor
from .site import Site

__all__ = ["GroupPlan", "Profile", "Span"]


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of device: its model, its sensors and how often it samples (ms), while it is awake."""

    name: str
    model: type[Model]
    params: dict[str, Distribution]
    sensors: tuple[Sensor, ...]
    every: int
    jitter: int
    aligned: bool
    clock: ClockPlan
    duty: Duty | None = None

    @property
    def rate(self) -> float:
        """Samples a second, over a whole cycle."""
        return 1000 * (-(-self.duty.on // self.every) / self.duty.cycle if self.duty else 1 / self.every)

    @property
    def longest_pause(self) -> int:
        """The longest time between two samples, in ms, but for the jitter."""
        if self.duty is None:
            return self.every
        return self.duty.cycle - (-(-self.duty.on // self.every) - 1) * self.every


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """One [[fleet]] table, with the faults that may befall it."""

    profile: Profile
    site: Site
    ids: tuple[str, ...]
    labels: dict[str, str]
    faults: tuple[Fault, ...]
    seed: int


class Span(NamedTuple):
    """A run in simulated ms UTC: `start` is its boot, its samples count from `origin`, a backfill earlier."""

    start: int
    origin: int
    end: int | None
