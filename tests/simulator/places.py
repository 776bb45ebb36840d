"""A site and its devices for the tests of models."""

from zoneinfo import ZoneInfo

import numpy as np

from simulator.models.model import Model
from simulator.process import DAY, Process
from simulator.rng import Floats, Keys
from simulator.site import Site
from simulator.weather import CLIMATES, Place
from simulator.workdays import CALENDARS, Workdays

__all__ = ["BERLIN", "MONDAY", "Faulty", "days", "made"]

MONDAY = 20_514  # 2026-03-02, days since 1970
BERLIN = Site(
    "hq",
    42,
    Place(52.52, 13.40, 35.0, CLIMATES["temperate"]),
    Workdays(ZoneInfo("Europe/Berlin"), CALENDARS["office"]),
)


class Faulty:
    """Upsets of one kind, between two moments (s UTC)."""

    def __init__(self, kind: str, begin: float, end: float, severity: float = 1.0) -> None:
        self._kind, self._begin, self._end, self._severity = kind, begin, end, severity

    def at(self, kind: str, t: float) -> float:
        return self._severity if kind == self._kind and self._begin <= t < self._end else 0.0


def made(model: type[Model], devices: int, **params: float) -> Model:
    """That many devices, with parameters drawn or as given."""
    keys = Keys(42, [f"device-{number}" for number in range(devices)])
    drawn = {name: param.default.draw(keys.stream(name)) for name, param in model.params.items()}
    return model(keys, drawn | {name: np.full(devices, value) for name, value in params.items()})


def days(
    model: Model, count: int = 1, first: int = MONDAY, dt: int = 60, site: Site = BERLIN
) -> dict[str, Floats]:
    """Outputs of some days by name, each (devices, moments)."""
    run, seen = Process(model, site, dt), []
    for day in range(first, first + count):
        seen.append(run.begin_day(day))
        seen += [run.advance() for _ in range(DAY // dt - 1)]
    return {name: np.stack([each[name] for each in seen], axis=1) for name in seen[0]}
