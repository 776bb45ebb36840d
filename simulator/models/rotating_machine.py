"""An electric motor and its bearing: load, heat, vibration, and wear that grows."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Choice, Constant, LogNormal, Uniform
from simulator.ou import Path
from simulator.rng import Floats, Keys, normal, uniform
from simulator.site import Conditions

from .bearing import crest_of, kurtosis_of
from .model import Model, Output, Param, State

__all__ = ["RotatingMachine"]

HOUR: Final = 3600.0
YEAR: Final = 365.25 * 86400
WINDING: Final = 1500.0  # seconds of its thermal time constant
BATCH: Final = 45 * 60  # seconds after which the load changes
SLIP: Final = 0.03  # of the synchronous speed, at full load


class RotatingMachine(Model):
    """A motor that drives something in shifts; its bearing wears, and a fault of kind `bearing` wrecks it.

    Winding: first order towards the hall's temperature plus 60 K at full load (IEC 60034, class B rise).
    Vibration: velocity grows as 1 + 3 D^1.5 with damage D (zones of ISO 20816-3: 1.4, 2.8, 4.5, 7.1 mm/s);
    for kurtosis and crest factor see `bearing`, which also makes the waveform behind them.
    """

    about = "motor in shifts: load, speed, winding temperature, vibration of a bearing that wears"
    outputs: ClassVar[Mapping[str, Output]] = {
        "vel_rms": Output("mm/s", 0, 25, "vibration velocity, 10 Hz … 1 kHz"),
        "acc_rms": Output("g", 0, 8, "vibration acceleration"),
        "acc_kurtosis": Output("1", 1.5, 15, "kurtosis of the acceleration, 3 when sound"),
        "acc_crest": Output("1", 1, 15, "peak ÷ rms of the acceleration"),
        "t_winding": Output("Cel", -20, 180, "winding temperature"),
        "power": Output("kW", 0, 400, "active power"),
        "speed": Output("1/min", 0, 3600, "shaft speed"),
        "damage": Output("1", 0, 3, "damage of the bearing: 0 new, 1 spalled"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "rpm": Param(Choice((1000, 1500, 3000)), 100, 3600, "synchronous speed"),
        "rated_kW": Param(Choice((5.5, 7.5, 11, 15, 22)), 0.1, 300, "rated power"),
        "vel_mm_per_s": Param(LogNormal(1.1, 1.25), 0.1, 10, "vibration when new"),
        "wear_per_year": Param(LogNormal(0.15, 1.6), 0, 3, "damage after a year"),
        "overhaul_years": Param(Uniform(1, 3), 0.1, 30, "after which the bearing is a new one"),
        "starts_h": Param(Constant(6.0), 0, 24, "local hour at which a working day begins"),
        "stops_h": Param(Constant(22.0), 0, 24, "and ends"),
    }
    warm_up = 4 * 3600
    upset_by: ClassVar[Mapping[str, str]] = {"bearing": "damage grows to `severity`, 1 is a spall"}

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._params = params
        self._batches, self._age = keys.stream("batches"), uniform(keys.stream("age"), 0)
        self._wander = Path(keys.stream("wander"), 900.0, 60.0)
        self._scatter = keys.stream("scatter")

    def initial(self, now: Conditions) -> State:
        """As warm as its load has made it for ever."""
        return (self._hall(now) + 60 * self._load(now) ** 2,)

    def step(self, state: State, now: Conditions, dt: float) -> State:
        """The winding's temperature."""
        end = self._hall(now) + 60 * self._load(now) ** 2
        return (end + (state[0] - end) * np.exp(-dt / WINDING),)

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """See `outputs`."""
        load, damage = self._load(now), self.damage(now.t)
        turns = load > 0
        scatter = np.exp(0.06 * normal(self._scatter, int(now.t)))
        velocity = self._params["vel_mm_per_s"] * (0.8 + 0.3 * load) * (1 + 3 * damage**1.5) * scatter
        acceleration = (0.06 + 0.35 * damage) * (0.8 + 0.3 * load) * scatter
        idle = 0.02 * scatter  # the neighbours shake the floor
        return {
            "vel_rms": np.where(turns, velocity, idle),
            "acc_rms": np.where(turns, acceleration, 0.1 * idle),
            "acc_kurtosis": np.where(turns, kurtosis_of(damage), 3.0) * scatter**0.5,
            "acc_crest": np.where(turns, crest_of(damage), 4.2) * scatter**0.5,
            "t_winding": state[0],
            "power": np.where(turns, self._params["rated_kW"] * (0.06 + load), 0.0),
            "speed": np.where(turns, self._params["rpm"] * (1 - SLIP * load), 0.0),
            "damage": damage,
        }

    def damage(self, t: float) -> Floats:
        """Of the bearings at `t` s UTC: wear since the last overhaul, and what upsets have done."""
        life = self._params["overhaul_years"]
        age = (t / YEAR + self._age * life) % life
        return np.minimum(self._params["wear_per_year"] * age + self.upsets.at("bearing", t), 3.0)

    def _load(self, now: Conditions) -> Floats:
        """Share of the rated load: of the batch at work, wandering about it; 0 between shifts."""
        hour = now.local_second / HOUR
        shift = (hour >= self._params["starts_h"]) & (hour < self._params["stops_h"]) & now.workday
        batch = 0.35 + 0.55 * uniform(self._batches, int(now.t // BATCH))
        wander = 0.04 * self._wander.at(now.t)
        return np.where(shift, np.clip(batch + wander, 0.1, 1.1), 0.0)

    def _hall(self, now: Conditions) -> float:
        return 21 + 0.3 * (now.t_out - 12)
