"""Series of the fleet beside figures of real records; `python -m tests.simulator.realism` prints them."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from simulator.models.air_quality import AirQuality
from simulator.models.household import Household
from simulator.models.model import Model
from simulator.models.office_room import OfficeRoom
from simulator.process import DAY, Process
from simulator.rng import Floats, Keys
from simulator.sensors import Sensor, Sensors
from simulator.site import Site
from simulator.statistics import figures_of
from simulator.weather import CLIMATES, Place, saturation_hPa, weather_at
from simulator.workdays import CALENDARS, Workdays

__all__ = ["SEEDS", "TARGETS", "Judged", "judged", "records", "shares"]

SEEDS = (1, 2, 3, 4, 5)
TARGETS: Mapping[str, Any] = tomllib.loads(
    (Path(__file__).parent / "targets.toml").read_text(encoding="utf-8")
)
BANDS: Mapping[str, Any] = TARGETS["bands"]
SMALL_WAVE = 0.15  # of the standard deviation: a smaller daily wave need only stay small

JUNE_2024 = 19_883  # days since 1970
JENA = Place(50.93, 11.59, 209.0, CLIMATES["temperate"])  # where its barometer would stand
SENSORS = {
    "temp": Sensor("temp", "t_air", "Cel", step=0.02, noise=0.006, lag=90.0),
    "rh": Sensor("rh", "rh", "%RH", step=0.045, noise=0.015, lag=30.0),
    "co2": Sensor("co2", "co2", "ppm", step=0.5, noise=1.0, lag=40.0),
    "power": Sensor("power", "power", "kW", step=0.002),
    "voltage": Sensor("voltage", "voltage", "V", step=0.01),
    "pm25": Sensor("pm25", "pm25", "ug/m3", step=1.0),
}


class Record(NamedTuple):
    """Series by name, at local times in s."""

    t: Floats
    step: float
    series: dict[str, Floats]


class Judged(NamedTuple):
    """A figure of some records (their median), its band, and whether it lies inside."""

    series: str
    figure: str
    real: float
    low: float
    high: float
    found: float

    @property
    def ok(self) -> bool:
        """Whether the band is met."""
        return self.low <= self.found <= self.high


@cache
def records(name: str, seeds: tuple[int, ...] = SEEDS) -> list[Record]:
    """Records from the same season and place as the real one.

    Of weather and dust one for each seed; of rooms and houses five of one place, which people make different.
    """
    match name:
        case "jena":
            return [_jena(seed) for seed in seeds]
        case "office":
            mons = _site(1, 50.45, 3.95, 60, "Europe/Brussels", "office")
            params = {"volume_m3": 72.0, "capacity": 2.0, "ach_occupied_per_h": 0.4, "ach_empty_per_h": 0.3}
            params |= {"setpoint_Cel": 22.0}
            return _observed(OfficeRoom, mons, range(16_468, 16_468 + 17), 60, params)
        case "household":
            sceaux = _site(1, 48.78, 2.29, 90, "Europe/Paris", "always")
            params = {"size": 1.0, "base_kW": 0.2, "line_V_per_kW": 1.05, "offset_V": 0.0}
            return _observed(Household, sceaux, range(13_498, 13_498 + 33), 60, params)
    params = {"scale_ug_per_m3": 101.0, "shape": 1.07}
    beijing = (_site(seed, 39.95, 116.47, 50, "Asia/Shanghai", "always") for seed in seeds)
    return [_observed(AirQuality, each, range(14_610, 14_710), 3600, params)[0] for each in beijing]


def judged(name: str, seeds: tuple[int, ...] = SEEDS) -> Iterator[Judged]:
    """All bands of a record."""
    weather = name == "jena"
    found = [
        {series: figures_of(made.t, x, made.step) for series, x in made.series.items()}
        for made in records(name, seeds)
    ]
    for series, real in TARGETS[name].items():
        for figure, value in real.items():
            low, high = _band(figure, real, 2 if weather and figure == "kurtosis" else None)
            of_seeds = [getattr(each[series], figure) for each in found]
            if figure == "peak":
                of_seeds = [value + (hour - value + 12) % 24 - 12 for hour in of_seeds]
            yield Judged(series, figure, value, low, high, float(np.median(of_seeds)))


def _band(figure: str, real: Mapping[str, float], factor: float | None) -> tuple[float, float]:
    value, band = real[figure], BANDS["slope" if figure.startswith("slope") else figure]
    match figure:
        case "mean":
            return value - band * real["sd"], value + band * real["sd"]
        case "kurtosis":
            return value / (factor or band), value * (factor or band)
        case "amplitude" if value < SMALL_WAVE * real["sd"]:
            return 0.0, SMALL_WAVE * real["sd"]
        case "sd" | "amplitude":
            return value * band[0], value * band[1]
    return value - band, value + band


def _site(seed: int, lat: float, lon: float, altitude: float, zone: str, calendar: str) -> Site:
    place = Place(lat, lon, altitude, CLIMATES["temperate"])
    return Site("place", seed, place, Workdays(ZoneInfo(zone), CALENDARS[calendar]))


def _jena(seed: int) -> Record:
    keys, days = Keys(seed, ["site:jena"]), range(JUNE_2024, JUNE_2024 + 132)
    parts = [[s[:-1:10] for s in weather_at(keys, JENA, day)] for day in days]
    t_out, dew, ghi, _, _, _, pressure, wind, *_ = (np.concatenate(s) for s in zip(*parts, strict=True))
    humidity = 100 * saturation_hPa(dew) / saturation_hPa(t_out)
    series = {
        "t_out": t_out,
        "dew_point": dew,
        "rh": humidity,
        "ghi": ghi,
        "pressure": pressure,
        "wind": wind,
    }
    t: Floats = JUNE_2024 * DAY + np.arange(len(t_out), dtype=np.float64) * 600.0 + 3600
    return Record(t, 600, {name: np.round(x, 2) for name, x in series.items()})


def _observed(
    model: type[Model], site: Site, days: range, step: int, params: dict[str, float]
) -> list[Record]:
    """Five devices through their sensors, every `step` s."""
    keys, count = Keys(site.seed, [f"device-{seed}" for seed in SEEDS]), len(SEEDS)
    drawn = {name: param.default.draw(keys.stream(name)) for name, param in model.params.items()}
    drawn |= {name: np.full(count, value) for name, value in params.items()}
    process = Process(model(keys, drawn), site, min(step, 3600))
    wanted = [sensor for sensor in SENSORS.values() if sensor.source in model.outputs]
    sensors, seen, every = Sensors(wanted, keys), list[Floats](), np.arange(count)
    for t in range(days[0] * DAY, (days[-1] + 1) * DAY, step):
        if t % DAY == 0:
            sensors.reset(process.begin_day(t // DAY))
        else:
            sensors.follow(process.advance(), step)
        seen.append(sensors.read(every, np.full(count, t // step), t))
    offset = int(site.workdays.local_seconds(days[0], 60)[0]) - days[0] * DAY
    t_local: Floats = days[0] * DAY + np.arange(len(seen), dtype=np.float64) * step + offset
    table = np.stack(seen)  # (moments, sensors, devices)
    return [
        Record(t_local, step, {each.name: each.finish(table[:, k, device]) for k, each in enumerate(wanted)})
        for device in range(count)
    ]


def shares(bands: Iterable[Judged]) -> Iterator[str]:
    """How many bands each series meets."""
    found: dict[str, list[bool]] = {}
    for each in bands:
        found.setdefault(each.series, []).append(each.ok)
    yield from (f"{series:<9} {sum(ok)} of {len(ok)}" for series, ok in found.items())


def table() -> Iterator[str]:
    """Every band, and the share that is met."""
    everything = {name: list(judged(name)) for name in TARGETS if name != "bands"}
    for name, bands in everything.items():
        for each in bands:
            mark = " " if each.ok else "!"
            yield (
                f"{mark} {name:<9} {each.series:<9} {each.figure:<9} real {each.real:8.3f}   "
                f"band {each.low:8.3f} … {each.high:8.3f}   found {each.found:8.3f}"
            )
    for name, bands in everything.items():
        yield from (f"{name:<9} {line}" for line in shares(bands))
    met = [each.ok for bands in everything.values() for each in bands]
    yield f"all {sum(met)} of {len(met)} = {sum(met) / len(met):.1%}"


if __name__ == "__main__":
    print(*table(), sep="\n")
