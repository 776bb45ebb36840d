"""A storage tank, the pump that fills it, and the demand that empties it."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant, LogNormal, Uniform
from simulator.ou import Path
from simulator.rng import Floats, Keys, normal
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["PumpTank"]

HOUR: Final = 3600.0
LOW, HIGH = 0.30, 0.80  # of the height: the pump starts and stops
NIGHT: Final = 20 * HOUR  # UTC; from here to midnight the tank is filled and held, on cheap power
STATIC: Final = 1.2  # bar, up to the inlet of the tank
SHUT_OFF: Final = 2.8  # bar, of the pump at no flow
CURVE = (
    0.5,
    0.4,
    0.3,
    0.3,
    0.4,
    0.7,
    1.2,
    1.6,
    1.5,
    1.3,
    1.2,
    1.2,
    1.3,
    1.2,
    1.0,
    1.0,
    1.1,
    1.3,
    1.5,
    1.4,
    1.2,
    1.0,
    0.7,
    0.5,
)


class PumpTank(Model):
    """A dh/dt = Qin - Qout between two marks; the pump's curve by the affinity laws.

    Demand has a daily curve and wanders. Each night the pump fills the tank to its upper mark and holds it
    there by its speed, so every day begins alike. Upsets: `cavitation` (flow less an eighth, pressure six
    times as noisy), `leak` (severity 1 loses a fifth of the mean demand), `blocked_filter` (less flow).
    """

    about = "storage tank with a pump: level, flow, pressure, demand"
    outputs: ClassVar[Mapping[str, Output]] = {
        "level": Output("m", 0, 20, "level of the water"),
        "q": Output("m3/h", 0, 400, "flow of the pump"),
        "p_out": Output("bar", 0, 10, "pressure behind the pump"),
        "demand": Output("m3/h", 0, 400, "flow out of the tank"),
        "power": Output("kW", 0, 100, "electric power of the pump"),
        "running": Output("1", 0, 1, "whether the pump runs"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "area_m2": Param(Uniform(10, 14), 0.1, 1000, "cross-section of the tank"),
        "height_m": Param(Constant(4.0), 0.5, 20, "height of the tank"),
        "flow_m3_per_h": Param(LogNormal(40, 1.1), 0.1, 300, "flow of the pump"),
        "demand_m3_per_h": Param(
            LogNormal(11, 1.2), 0, 150, "mean demand; less than half of the pump's flow"
        ),
    }
    warm_up = 30 * 3600
    upset_by: ClassVar[Mapping[str, str]] = {
        "cavitation": "less flow, noisy pressure",
        "leak": "severity 1 loses a fifth of the mean demand",
        "blocked_filter": "severity 1 halves the flow",
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._area, self._height = params["area_m2"], params["height_m"]
        self._flow, self._mean = params["flow_m3_per_h"], params["demand_m3_per_h"]
        self._wander = Path(keys.stream("demand"), 1200.0, 60.0)
        self._ripple = keys.stream("ripple")

    def initial(self, now: Conditions) -> State:  # noqa: ARG002 - it is full at any time
        """Full, at rest."""
        return HIGH * self._height, np.zeros_like(self._height)

    def step(self, state: State, now: Conditions, dt: float) -> State:
        """Level (m), and whether the pump runs."""
        level, runs = state
        q = self._delivered(level, runs, now)
        level = level + (q - self._demand(now) - self._lost(now)) * dt / HOUR / self._area
        if self._is_night(now):
            level = np.minimum(level, HIGH * self._height)  # its speed follows the demand
        level = np.clip(level, 0, self._height)
        starts = LOW if not self._is_night(now) else HIGH
        runs = np.where(level < starts * self._height, 1.0, np.where(level >= HIGH * self._height, 0.0, runs))
        return level, runs

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """See `outputs`."""
        level, runs = state
        q = self._delivered(level, runs, now)
        share = q / self._flow
        rough = 0.005 * (1 + 5 * np.minimum(self.upsets.at("cavitation", now.t), 1))
        head = level / 10.2
        pressure = STATIC + head + (SHUT_OFF - 1.0) * share**2 * 0.6
        pressure = np.where(q > 0, pressure, STATIC + head) * (1 + rough * normal(self._ripple, int(now.t)))
        return {
            "level": level,
            "q": q,
            "p_out": pressure,
            "demand": self._demand(now),
            "power": q / 3600 * pressure * 100 / 0.62,  # 1 bar is 100 kPa; 62 % efficiency
            "running": (q > 0).astype(np.float64),
        }

    def _is_night(self, now: Conditions) -> bool:
        return now.t % 86400 >= NIGHT

    def _demand(self, now: Conditions) -> Floats:
        hour = now.local_second / HOUR
        curve = np.interp(hour, np.arange(25), [*CURVE, CURVE[0]])
        wander = self._wander.at(now.t)
        return self._mean * curve * np.exp(0.18 * wander - 0.016)

    def _lost(self, now: Conditions) -> Floats:
        return 0.2 * self._mean * self.upsets.at("leak", now.t)

    def _delivered(self, level: Floats, runs: Floats, now: Conditions) -> Floats:
        worse = 1 - 0.12 * np.minimum(self.upsets.at("cavitation", now.t), 1)
        able = self._flow * worse * (1 - 0.5 * np.minimum(self.upsets.at("blocked_filter", now.t), 1))
        if self._is_night(now):
            held = np.minimum(able, self._demand(now) + self._lost(now))
            return np.where(level >= (HIGH - 1e-9) * self._height, held, able)
        return able * runs
