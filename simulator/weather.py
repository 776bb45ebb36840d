"""Outdoor weather of one place: temperature, dew point, radiation, pressure, wind, rain. Pure in (keys, day).

The constants were fitted to ten-minute records of a roof station at Jena, Germany (summer half-year 2024).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .events import events_of_day
from .ou import mixture
from .rng import NORMALS, Floats, Ints, Keys, Words, normal_cdf
from .sun import SOLAR_CONSTANT, Sun, day_of_year, diffuse_share, sun_at

__all__ = ["CLIMATES", "LATTICE", "Climate", "Place", "Weather", "saturation_hPa", "weather_at"]

LATTICE = 60  # seconds between two values
DAY = 86400
HOUR = 3600.0
DUSK = 0.01  # sine of the elevation below which it counts as dark
LOOK_BACK = 12 * 3600  # seconds that the slowest lag remembers
FRONT_WIDTH = 900.0  # seconds of a front's passage
OVERCAST = 0.25  # clearness under rain, at most

CLOUD_SHARE = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
CLOUD_CLEARNESS = [0.02, 0.05, 0.12, 0.31, 0.54, 0.68, 0.75, 0.78, 0.80]


@dataclass(frozen=True, slots=True)
class Climate:
    """The year's mean and amplitude (Cel, K), the day of its peak, and the spread of weather systems (K)."""

    mean: float
    amplitude: float
    peak_day: float
    spread: float


CLIMATES = {"temperate": Climate(mean=9.3, amplitude=9.2, peak_day=198, spread=3.4)}


class Weather(NamedTuple):
    """Series on the lattice: Cel, Cel, W/m2, W/m2, sine, degrees, hPa, m/s, m/s, degrees, mm/h, mm in ten
    minutes, and how stale the air is (standard normal).
    """

    t_out: Floats
    dew_point: Floats
    ghi: Floats
    diffuse: Floats
    sin_elevation: Floats
    azimuth: Floats
    pressure: Floats
    wind: Floats
    gust: Floats
    wind_from: Floats
    rain_rate: Floats
    rain: Floats
    haze: Floats


def saturation_hPa(celsius: Floats) -> Floats:  # noqa: N802 - the unit is spelt so
    """Saturation vapour pressure over water (Magnus formula, coefficients of WMO-No. 8)."""
    return 6.112 * np.exp(17.62 * celsius / (243.12 + celsius))


class Place(NamedTuple):
    """Degrees north, degrees east, metres above the sea, and the climate there."""

    lat: float
    lon: float
    altitude: float
    climate: Climate


class _Grid(NamedTuple):
    """The lattice of a day and what comes before it: step numbers, seconds UTC, the sun."""

    steps: Ints
    t: Floats
    sun: Sun

    def hour(self, lon: float) -> Floats:
        """Local solar hour."""
        return (self.t / HOUR + lon / 15) % 24


def weather_at(keys: Keys, place: Place, day: int) -> Weather:
    """The weather of UTC day `day` (days since 1970), DAY / LATTICE + 1 values: both its midnights are in.

    `keys` holds the place alone.
    """
    steps = np.arange((day * DAY - LOOK_BACK) // LATTICE, (day + 1) * DAY // LATTICE + 1, dtype=np.int64)
    t = steps.astype(np.float64) * LATTICE
    grid = _Grid(steps, t, sun_at(t, place.lat, place.lon))
    rain_rate = _rain(keys, t)
    clearness = _clearness(keys, grid)
    clearness = np.where(rain_rate > 0, np.minimum(clearness, OVERCAST), clearness)
    ghi = SOLAR_CONSTANT * np.maximum(grid.sun.sin_elevation, 0) * clearness
    ghi[grid.sun.sin_elevation < DUSK] = 0
    front, passage = _fronts(keys, t)
    t_out, dew_point = _air(keys, place.climate, grid, ghi, front)
    wind = _wind(keys, place, grid, passage)
    series = Weather(
        t_out,
        dew_point,
        ghi,
        ghi * diffuse_share(clearness),
        *grid.sun,
        _pressure(keys, place, grid) + 0.25 * front,
        wind,
        wind * _gustiness(keys, grid),
        _wind_from(keys, grid, front),
        rain_rate,
        _summed(rain_rate, 600) * LATTICE / HOUR,
        mixture(keys, "haze", [(1, DAY)], LATTICE, grid.steps)[0],
    )
    return Weather(*(values[-DAY // LATTICE - 1 :] for values in series))


def _clearness(keys: Keys, grid: _Grid) -> Floats:
    """Clearness index: a slow state chooses the regime; broken clouds flicker, others don't."""
    slow = normal_cdf(
        mixture(keys, "cloud.slow", [(0.75, 16 * HOUR), (0.25, 2.5 * HOUR)], LATTICE, grid.steps)[0]
    )
    fast = mixture(keys, "cloud.fast", [(0.6, 500.0), (0.4, 2700.0)], LATTICE, grid.steps)[0]
    broken = np.clip(4 * slow * (1 - slow), 0, 1) ** 2
    broken *= np.where(slow > 0.72, np.maximum(0, (0.95 - slow) / 0.23), 1)
    clearness = np.interp(slow, CLOUD_SHARE, CLOUD_CLEARNESS) * 0.97 * (1 + 0.45 * broken * np.tanh(fast))
    low_sun = 0.88 + 0.12 * np.sqrt(np.maximum(grid.sun.sin_elevation, 0))
    clipped: Floats = np.clip(clearness * low_sun, 0.02, 0.92)
    return clipped


def _air(keys: Keys, climate: Climate, grid: _Grid, ghi: Floats, front: Floats) -> tuple[Floats, Floats]:
    """Temperature and dew point: season, weather systems, ground, eddies, fronts (after Richardson 1981)."""
    season = climate.mean + climate.amplitude * np.cos(
        2 * np.pi * (day_of_year(grid.t) - climate.peak_day) / 365.2425
    )
    system = _lagged(
        mixture(keys, "air.system", [(0.75, 3.2 * DAY), (0.25, 0.6 * DAY)], LATTICE, grid.steps)[0], 1800
    )
    humid = _lagged(
        mixture(keys, "air.humid", [(0.85, 1.9 * DAY), (0.15, 6 * HOUR)], LATTICE, grid.steps)[0], 1200
    )
    ground = _lagged(0.0222 * ghi, 3 * HOUR)
    volatility = np.exp(mixture(keys, "air.volatility", [(1, 20000.0)], LATTICE, grid.steps)[0] - 0.5)
    eddies = _lagged(mixture(keys, "air.eddies", [(1, 2400.0)], LATTICE, grid.steps)[0], 900) * volatility
    by_day = 0.35 + 1.3 * np.sqrt(np.maximum(grid.sun.sin_elevation, 0))
    t_out = season - 2.9 + ground + climate.spread * system + 0.22 * by_day * eddies - front
    moist = mixture(keys, "air.moist", [(1, 3000.0)], LATTICE, grid.steps)[0] * volatility
    dew_point = season - 3.7 + climate.spread / 2 * system + 2.7 * humid + 0.2 * moist - 0.3 * front
    spread = t_out - dew_point
    return t_out, t_out - np.where(spread < 1, np.exp(np.minimum(spread, 1) - 1), spread)


def _fronts(keys: Keys, t: Floats) -> tuple[Floats, Floats]:
    """How much colder (K) fronts have made it, 0.35 a day, decaying over 5 h; and their squalls."""
    cold, squall = np.zeros_like(t), np.zeros_like(t)
    for since, mark in _past(keys.stream("fronts"), t, 0.35):
        depth = 2.6 * (0.4 - 0.6 * math.log(1 - mark))
        cold += depth * (1 - np.exp(-since / FRONT_WIDTH)) * np.exp(-since / (5 * HOUR))
        squall += np.where(since > 0, depth / 2.6 * np.exp(-since / (0.5 * HOUR)), 0)
    return cold, squall


def _rain(keys: Keys, t: Floats) -> Floats:
    """mm/h: storms 0.5 a day with exponential cells inside (Rodriguez-Iturbe, Cox, Isham 1987)."""
    rate = np.zeros_like(t)
    for since, mark in _past(keys.stream("rain"), t, 0.5):
        lasts = 2 * HOUR * 2.0 ** float(NORMALS[int(mark * len(NORMALS))])
        cells = events_of_day(keys.stream(f"rain.cells.{mark}"), 0, min(lasts / 1200, 60.0))
        for time, size in zip(cells.time, cells.mark, strict=True):
            age = since - time * lasts
            rate += np.where((age > 0) & (age < 1500), -2.2 * math.log(1 - size), 0)
    return rate


def _past(key: Words, t: Floats, rate: float) -> Iterator[tuple[Floats, float]]:
    """For each event of the days that may matter: seconds since it (0: not yet), and its mark."""
    for day in range(int(t[0] // DAY) - 1, int(t[-1] // DAY) + 1):
        events = events_of_day(key, day, rate)
        for time, mark in zip(events.time, events.mark, strict=True):
            yield np.maximum(t - (day + time) * DAY, 0), float(mark)


def _pressure(keys: Keys, place: Place, grid: _Grid) -> Floats:
    """Weather systems and the tide of the atmosphere (Haurwitz 1956)."""
    system = _lagged(mixture(keys, "pressure", [(1, 30 * HOUR)], LATTICE, grid.steps)[0], 3 * HOUR)
    swing = np.exp(0.9 * mixture(keys, "pressure.swing", [(1, 8 * HOUR)], LATTICE, grid.steps)[0] - 0.405)
    gusts = mixture(keys, "pressure.fast", [(1, 1.5 * HOUR)], LATTICE, grid.steps)[0] * swing
    hour = grid.hour(place.lon)
    half_day = 1.16 * math.cos(math.radians(place.lat)) ** 3 * np.cos(2 * np.pi * (hour - 9.8) / 12)
    day = 0.4 * np.cos(2 * np.pi * (hour - 5.7) / 24)
    pressure: Floats = 1013.25 - place.altitude / 8.3 + 6.3 * system + 0.16 * gusts + half_day + day
    return pressure


def _wind(keys: Keys, place: Place, grid: _Grid, passage: Floats) -> Floats:
    """Ten-minute wind over roofs: Weibull, shape 1.51, scale 2.37 m/s, strongest at 14 h and in squalls."""
    state = mixture(keys, "wind", [(0.09, 300.0), (0.21, 2 * HOUR), (0.70, 9 * HOUR)], LATTICE, grid.steps)[0]
    day = 0.54 * np.cos(2 * np.pi * (grid.hour(place.lon) - 14) / 24)
    share = np.minimum(normal_cdf(0.84 * state + day + passage), 0.99995)
    speed: Floats = 2.37 * (-np.log(1 - share)) ** (1 / 1.51)
    return speed


def _gustiness(keys: Keys, grid: _Grid) -> Floats:
    """Strongest gust ÷ mean of ten minutes: median 1.59, one in ten above 2.13 (Jena)."""
    ratio: Floats = 1 + 0.59 * np.exp(0.5 * mixture(keys, "gust", [(1, 1200.0)], LATTICE, grid.steps)[0])
    return ratio


def _wind_from(keys: Keys, grid: _Grid, front: Floats) -> Floats:
    """Degrees from north over east: westerlies that back and veer; it veers behind a cold front."""
    turn = mixture(keys, "wind.from", [(0.85, DAY), (0.15, 600.0)], LATTICE, grid.steps)[0]
    degrees: Floats = (235 + 60 * turn + 15 * front) % 360
    return degrees


def _summed(series: Floats, seconds: int) -> Floats:
    """The sum over the last `seconds`."""
    total = np.concatenate([[0.0], np.cumsum(series)])
    taps = seconds // LATTICE
    return np.concatenate([total[1 : taps + 1], total[taps + 1 :] - total[1:-taps]])


def _lagged(series: Floats, tau: float) -> Floats:
    """First-order lag over what is there of the last `LOOK_BACK` seconds; exact for the wanted day."""
    taps = min(int(6 * tau), LOOK_BACK) // LATTICE
    kernel = np.exp(-np.arange(taps) * LATTICE / tau)
    return np.convolve(series, kernel / kernel.sum())[: len(series)]
