"""A site: the weather, sun and calendar that all of its devices share. Remembers days, decides nothing by them."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .rng import Ints, Keys
from .weather import LATTICE, Climate, Weather, weather_at
from .workdays import Workdays

__all__ = ["Conditions", "Site"]

DAY = 86400


class Conditions(NamedTuple):
    """What a device finds at one moment: the weather's units are those of `Weather`; times in seconds and days."""

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
    lat: float
    lon: float
    altitude: float
    climate: Climate
    workdays: Workdays
    keys: Keys = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", Keys(self.seed, [f"site:{self.name}"]))

    def at(self, t: float) -> Conditions:
        """The conditions at `t` seconds UTC; the weather is that of the lattice before it."""
        day, second = divmod(t, DAY)
        weather, local = _day(self, int(day))
        index = int(second // LATTICE)
        local_day, local_second = divmod(int(local[index]) + second % LATTICE, DAY)
        workday = self.workdays.is_workday(int(local_day))
        values = (float(series[index]) for series in weather)
        return Conditions(t, *values, int(local_day), local_second, workday)


@lru_cache(maxsize=32)
def _day(site: Site, day: int) -> tuple[Weather, Ints]:
    weather = weather_at(site.keys, site.climate, site.lat, site.lon, site.altitude, day)
    return weather, site.workdays.local_seconds(day, LATTICE)
