"""A household's water meter: draws at taps, and a register that never runs backwards."""

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import LogNormal
from simulator.ou import VirtualOU
from simulator.pulses import Drawn, Pulse, Pulses
from simulator.rng import Floats, Keys, uniform
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["WaterMeter"]

DAY: Final = 86400
MORNING = (
    0.2,
    0.1,
    0.1,
    0.1,
    0.2,
    0.7,
    1.8,
    2.4,
    1.9,
    1.3,
    1.0,
    1.0,
    1.1,
    0.9,
    0.8,
    0.8,
    0.9,
    1.2,
    1.6,
    1.7,
    1.5,
    1.2,
    0.8,
    0.4,
)

DRAWS = {  # a day, seconds, gsd, L/min
    "tap": Pulse(26, 28, 2.0, 5.0, 0.4, MORNING),
    "toilet": Pulse(12, 70, 1.15, 7.0, 0.1, MORNING),
    "shower": Pulse(2.0, 420, 1.4, 8.0, 0.2, MORNING),
    "machine": Pulse(1.2, 180, 1.3, 9.0, 0.1, MORNING),
}
LEAK: Final = 1.5  # L/min at severity 1


class WaterMeter(Model):
    """Poisson rectangular pulses (Buchberger, Wu 1995; end uses as in SIMDEUM, Blokker 2010).

    How much a day takes is drawn first, from a process whose sum over all days is known in closed form; the
    day's draws are then made longer or shorter to give it. So the register at any moment needs no history.
    """

    about = "water of a household: flow of its draws, and the meter's register"
    outputs: ClassVar[Mapping[str, Output]] = {
        "flow": Output("L/min", 0, 120, "flow now"),
        "register": Output("L", 0, 1e8, "all that has flowed"),
        "today": Output("L", 0, 1e5, "what has flowed since midnight, mean solar time"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "litres_per_day": Param(LogNormal(290, 1.4), 1, 10000, "mean consumption"),
        "night_litres_per_h": Param(LogNormal(0.1, 2.0), 0, 100, "what drips all the time"),
    }
    upset_by: ClassVar[Mapping[str, str]] = {"leak": f"a burst hose: severity 1 is {LEAK} L/min, not metered"}

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._draws = Pulses(keys, DRAWS)
        self._mean, self._drip = params["litres_per_day"], params["night_litres_per_h"] / 60
        self._walk = VirtualOU(keys.stream("days"), 5.0, 1.0)  # days
        self._before = np.floor(3e5 * uniform(keys.stream("register"), 0))
        self._today = lru_cache(maxsize=3)(self._of_day)

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        day, second = divmod(now.t + now.lon * DAY / 360, DAY)  # solar time, which no clock change turns back
        draws = self._today(int(day))
        on = (draws.start <= second) & (second < draws.end)
        flow = np.bincount(draws.device[on], draws.height[on], len(self._mean))
        passed = np.clip(second - draws.start, 0, draws.end - draws.start) * draws.height / 60
        today = np.bincount(draws.device, passed, len(self._mean)) + self._drip * second / 60
        return {
            "flow": flow + self._drip + LEAK * self.upsets.at("leak", now.t),
            "register": self._until(int(day)) + today,
            "today": today,
        }

    def _until(self, day: int) -> Floats:
        """What has flowed before day `day`: so much a day, and a fifth of a day's wandering about it."""
        walked = self._walk.at(np.array([0, day]))
        return self._before + self._mean * (day - 18_000 + 0.2 * (walked[:, 1] - walked[:, 0]))

    def _of_day(self, day: int) -> Drawn:
        """The day's draws, scaled in length to what the day takes; none lasts beyond midnight."""
        device, start, end, height = self._draws.of_day(day)
        wanted = self._until(day + 1) - self._until(day) - self._drip * DAY / 60
        end = np.minimum(end, DAY)
        drawn = np.bincount(device, (end - start) * height / 60, len(self._mean))
        scale = np.maximum(wanted, 0) / np.maximum(drawn, 1e-9)
        start = np.minimum(start, DAY - (end - start) * scale[device])
        return Drawn(device, start, start + (end - start) * scale[device], height)
