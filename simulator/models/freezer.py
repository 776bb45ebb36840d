"""A freezer of a cold chain: air, goods, compressor cycles, defrosting, doors, and how it fails."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant, LogNormal, Normal, Uniform
from simulator.pulses import Pulse, Pulses
from simulator.rng import Floats, Keys, normal, uniform
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["Freezer"]

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
AIR: Final = 8e3  # J/K, with the inner walls
WALLS: Final = 1.6  # W/K to the room
GOODS: Final = 9.0  # W/K between air and goods
COOLING: Final = 55.0  # W/K by which the evaporator pulls the air to its set point
DOOR: Final = 28.0  # W/K with the door open
DEFROST: Final = 18 * MINUTE
OPENED = (0.05,) * 6 + (
    0.6,
    1.4,
    1.8,
    1.6,
    1.5,
    1.7,
    1.8,
    1.4,
    1.3,
    1.4,
    1.6,
    1.8,
    1.5,
    1.0,
    0.6,
    0.3,
    0.1,
    0.05,
)


class Freezer(Model):
    """Air and goods as two heat stores; air is fast, goods take hours (first-order balances, exact steps).

    The compressor's cycle is a saw-tooth on the air whose period and phase vary; three times a day it
    defrosts. Doors open in working hours. Upsets: `compressor` (severity 1: it gives nothing any more),
    `door_ajar` (severity 1: wide open). A failing freezer so warms up as its goods let it.
    """

    about = "air and goods temperature of a freezer, compressor, door, defrosting"
    outputs: ClassVar[Mapping[str, Output]] = {
        "t_air": Output("Cel", -45, 45, "air temperature"),
        "t_goods": Output("Cel", -45, 45, "temperature inside the goods"),
        "door": Output("1", 0, 1, "whether the door is open"),
        "power": Output("W", 0, 2000, "electric power"),
        "compressor": Output("1", 0, 1, "whether the compressor runs"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "setpoint_Cel": Param(Normal(-20.0, 0.8), -40, 8, "set point; 4 makes it a refrigerator"),
        "goods_h": Param(LogNormal(5.0, 1.3), 0.2, 100, "time constant of the goods"),
        "swing_K": Param(Uniform(0.7, 1.4), 0, 5, "half of the saw-tooth of the compressor"),
        "cycle_min": Param(Uniform(22, 38), 5, 240, "its period"),
        "rated_W": Param(LogNormal(230, 1.2), 20, 1500, "power of the compressor"),
        "defrosts_per_day": Param(Constant(3.0), 0, 12, "how often it defrosts"),
    }
    warm_up = 2 * 86400
    upset_by: ClassVar[Mapping[str, str]] = {
        "compressor": "severity 1: it gives no cold any more",
        "door_ajar": "severity 1: the door stands open",
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._params = params
        self._cycles, self._defrosts = keys.stream("cycles"), uniform(keys.stream("defrosts"), 0)
        self._phase = uniform(keys.stream("phase"), 0)
        self._doors = Pulses(keys, {"door": Pulse(34, 22, 1.9, 1.0, 0.0, OPENED)})

    def initial(self, now: Conditions) -> State:  # noqa: ARG002 - it keeps its set point in any weather
        """At its set point."""
        t = self._params["setpoint_Cel"].astype(float)
        return t, t + 0.5

    def step(self, state: State, now: Conditions, dt: float) -> State:
        """Air and goods, Cel."""
        air, goods = state
        defrosts = self._defrosting(now.t, dt)
        cold = COOLING * self._capacity(now.t) * (1 - defrosts)
        warm = WALLS + DOOR * self._opened(now, dt)
        total = cold + warm + GOODS
        heat = 140.0 * defrosts
        room = self._room(now)
        end = (cold * self._params["setpoint_Cel"] + warm * room + GOODS * goods + heat) / total
        mean = end + (air - end) * (1 - np.exp(-total * dt / AIR)) * AIR / (total * dt)
        air = end + (air - end) * np.exp(-total * dt / AIR)
        goods = mean + (goods - mean) * np.exp(-dt / (self._params["goods_h"] * HOUR))
        return air, goods

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """See `outputs`."""
        air, goods = state
        tooth, runs = self._cycle(now.t)
        defrosts = self._defrosting(now.t, 1.0)
        works = self._capacity(now.t) * (1 - defrosts)
        return {
            "t_air": air + self._params["swing_K"] * tooth * works,
            "t_goods": goods,
            "door": (self._opened(now, 1.0) > 0).astype(np.float64),
            "power": 6 + self._params["rated_W"] * runs * works + 420 * defrosts,
            "compressor": runs * (works > 0),
        }

    def _cycle(self, t: float) -> tuple[Floats, Floats]:
        """Saw-tooth in [-1, 1], falling while the compressor runs; and whether it runs."""
        period = self._params["cycle_min"] * MINUTE
        cycle = np.floor(t / period + self._phase)
        where = t / period + self._phase - cycle
        duty = np.clip(0.42 + 0.05 * normal(self._cycles, cycle.astype(np.int64)), 0.2, 0.8)
        falling = where < duty
        return np.where(falling, 1 - 2 * where / duty, -1 + 2 * (where - duty) / (1 - duty)), falling.astype(
            np.float64
        )

    def _defrosting(self, t: float, dt: float) -> Floats:
        """For which share of the next `dt` seconds it defrosts."""
        every = DAY / np.maximum(self._params["defrosts_per_day"], 1e-9)
        begin = t + self._defrosts * every
        until = (np.floor(x / every) * DEFROST + np.minimum(x % every, DEFROST) for x in (begin + dt, begin))
        share: Floats = next(until) - next(until)
        return np.where(self._params["defrosts_per_day"] > 0, np.clip(share / dt, 0, 1), 0.0)

    def _capacity(self, t: float) -> Floats:
        return 1 - np.clip(self.upsets.at("compressor", t), 0, 1) * np.ones_like(self._phase)

    def _opened(self, now: Conditions, dt: float) -> Floats:
        """How far in the next `dt` seconds: people open it in working hours, or it was left ajar."""
        opened = self._doors.mean(now.local_day, now.local_second, dt) if now.workday else 0.0
        return np.clip(opened + self.upsets.at("door_ajar", now.t), 0, 1) * np.ones_like(self._phase)

    def _room(self, now: Conditions) -> float:
        return 21 + 0.25 * (now.t_out - 12)
