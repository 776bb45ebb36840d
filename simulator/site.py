"""A site: the weather, sun and calendar that all of its devices share. Remembers days, depends on none."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .rng import Ints, Keys
from .weather import LATTICE, Place, Weather, weather_at
from .workdays import Workdays

__all__ = ["Conditions", "Site"]

DAY = 86400


class Conditions(NamedTuple):
    """What a device finds at one moment; units as in `Weather`, times in seconds and days."""

    t: float
    t_out: float
    dew_point: float
    ghi: float
    diffuse: float
    sin_elevation: float
    azimuth: float
    pressure: float
    wind: float
    local_day: int
    local_second: float
    workday: bool


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
        """The conditions at `t` seconds UTC; the weather is that of the lattice before it."""
        day, second = divmod(t, DAY)
        weather, local, worked = _day(self, int(day))
        index = int(second // LATTICE)
        local_day, local_second = divmod(int(local[index]) + second % LATTICE, DAY)
        return Conditions(
            t=t,
            t_out=float(weather.t_out[index]),
            dew_point=float(weather.dew_point[index]),
            ghi=float(weather.ghi[index]),
            diffuse=float(weather.diffuse[index]),
            sin_elevation=float(weather.sin_elevation[index]),
            azimuth=float(weather.azimuth[index]),
            pressure=float(weather.pressure[index]),
            wind=float(weather.wind[index]),
            local_day=int(local_day),
            local_second=local_second,
            workday=int(local_day) in worked,
        )


@lru_cache(maxsize=32)
def _day(site: Site, day: int) -> tuple[Weather, Ints, frozenset[int]]:
    """The weather and local seconds of a UTC day, and which of the local days that it touches are worked."""
    weather = weather_at(site.keys, site.place, day)
    worked = frozenset(local for local in (day - 1, day, day + 1) if site.workdays.is_workday(local))
    return weather, site.workdays.local_seconds(day, LATTICE), worked
