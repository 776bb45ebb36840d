"""A site: the weather, grid and calendar that all of its devices share. Remembers days, depends on none."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from .mains import mains_at
from .rng import Floats, Ints, Keys
from .weather import LATTICE, Place, weather_at
from .workdays import Workdays

__all__ = ["Conditions", "Site"]

DAY = 86400


class Conditions(NamedTuple):
    """What a device finds at one moment; units as in `Weather` and `Mains`, times in seconds and days."""

    t: float
    lat: float
    lon: float
    local_day: int
    local_second: float
    workday: bool
    t_out: float
    dew_point: float
    ghi: float
    diffuse: float
    sin_elevation: float
    azimuth: float
    pressure: float
    wind: float
    gust: float
    wind_from: float
    rain_rate: float
    rain: float
    haze: float
    voltage: float
    frequency: float


ANGLES = tuple(Conditions._fields.index(name) - 6 for name in ("azimuth", "wind_from"))


@dataclass(frozen=True, slots=True)
class Site:
    """A named place. Pure in (seed, name, time)."""

    name: str
    seed: int
    place: Place
    workdays: Workdays
    keys: Keys = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", Keys(self.seed, [f"site:{self.name}"]))

    def at(self, t: float) -> Conditions:
        """The conditions at `t` seconds UTC; between the points of the lattice on a straight line."""
        day, second = divmod(t, DAY)
        series, local, worked = _day(self, int(day))
        index, beyond = divmod(second, LATTICE)
        here = series[int(index)]
        if beyond:
            there = series[int(index) + 1]
            turned = here + beyond / LATTICE * (there - here)
            for angle in ANGLES:  # which may pass north
                turned[angle] = here[angle]
            here = turned
        local_day, local_second = divmod(int(local[int(index)]) + beyond, DAY)
        worked_today = int(local_day) in worked
        place = self.place
        return Conditions(t, place.lat, place.lon, int(local_day), local_second, worked_today, *here.tolist())


@lru_cache(maxsize=96)  # a soil remembers two months
def _day(site: Site, day: int) -> tuple[Floats, Ints, frozenset[int]]:
    """Weather and grid (moments, quantities), local seconds, which local days are worked, of a UTC day."""
    local = site.workdays.local_seconds(day, LATTICE)
    steps = np.arange(day * DAY // LATTICE, (day + 1) * DAY // LATTICE + 1)
    ends = np.append(local, local[-1] + LATTICE)
    series = weather_at(site.keys, site.place, day) + mains_at(site.keys, steps, ends, LATTICE)
    worked = frozenset(local for local in (day - 1, day, day + 1) if site.workdays.is_workday(local))
    return np.ascontiguousarray(np.array(series).T), local, worked
