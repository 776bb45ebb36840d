"""A household at the electricity meter: appliances that people switch, and the voltage they pull down."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant, LogNormal, Uniform
from simulator.ou import Path
from simulator.pulses import Pulse, Pulses
from simulator.rng import Floats, Keys, normal
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["Household"]

MINUTE: Final = 60.0
AWAKE = (
    0.3,
    0.2,
    0.15,
    0.15,
    0.2,
    0.3,
    0.8,
    1.6,
    1.7,
    1.4,
    1.2,
    1.2,
    1.3,
    1.1,
    1.0,
    1.0,
    1.2,
    1.6,
    2.1,
    2.2,
    2.0,
    1.6,
    1.0,
    0.5,
)
COOKING = (
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
    0.1,
    0.8,
    1.5,
    1.2,
    0.6,
    0.5,
    1.2,
    1.6,
    0.6,
    0.3,
    0.3,
    0.6,
    1.5,
    2.4,
    2.2,
    1.2,
    0.5,
    0.2,
    0.1,
)
OFF_PEAK = (1.6,) * 6 + (0.75,) * 18

APPLIANCES = {  # a day, seconds, gsd, kW
    "kettle": Pulse(6, 2.7 * MINUTE, 1.6, 2.0, 0.25, COOKING),
    "television": Pulse(5, 90 * MINUTE, 1.9, 0.15, 0.25, AWAKE),
    "light": Pulse(14, 94 * MINUTE, 2.0, 0.12, 0.25, AWAKE),
    "heater": Pulse(7.5, 111 * MINUTE, 2.2, 1.05, 0.25, AWAKE),
    "boiler": Pulse(4.5, 80 * MINUTE, 1.1, 1.05, 0.25, OFF_PEAK),
    "other": Pulse(40, 5 * MINUTE, 2.3, 0.75, 0.25, AWAKE),
}
OVEN = Pulse(3, 27 * MINUTE, 1.7, 1.9, 0.25, COOKING)  # its thermostat is on for 65 % of six minutes
WASHER = Pulse(1.1, 70 * MINUTE, 1.4, 1.0, 0.1, AWAKE)  # heats for a quarter of an hour, then turns
FRIDGE_CYCLE: Final = 44 * MINUTE
FRIDGE: Final = 0.09  # kW
POWER_FACTOR: Final = 0.97


class Household(Model):
    """Active power as a sum of appliances (after CREST, Richardson 2010), each with pulses of its own.

    Rates, durations and powers were fitted by hand to a month of the UCI household power record. Voltage is
    the grid's of the site less the drop over the line, 1.05 V/kW there (0.25 ohm).
    """

    about = "electricity of a household: power of its appliances, voltage and frequency of the mains"
    outputs: ClassVar[Mapping[str, Output]] = {
        "power": Output("kW", 0.02, 15, "active power"),
        "voltage": Output("V", 207, 258, "voltage at the meter (EN 50160: 230 V ± 10 %)"),
        "current": Output("A", 0, 70, "current"),
        "frequency": Output("Hz", 49.5, 50.5, "frequency, the same at all houses of a site"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "size": Param(LogNormal(0.9, 1.25), 0.1, 10, "power of all appliances ÷ that of the fitted house"),
        "base_kW": Param(Uniform(0.1, 0.25), 0, 5, "what is always on"),
        "line_V_per_kW": Param(LogNormal(0.9, 1.2), 0, 10, "voltage drop of the line"),
        "offset_V": Param(Constant(-4.0), -20, 20, "the transformer's tap"),
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._appliances = Pulses(keys, APPLIANCES)
        self._oven, self._washer = Pulses(keys, {"oven": OVEN}), Pulses(keys, {"washer": WASHER})
        self._fridge = keys.stream("fridge")
        self._load = Path(keys.stream("load"), 300.0, 60.0)
        self._base = Path(keys.stream("base"), 900.0, 60.0)
        self._size, self._base_kw = params["size"], params["base_kW"]
        self._line, self._offset = params["line_V_per_kW"], params["offset_V"]

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        here = now.local_day, now.local_second
        oven, baking = self._oven.since_start(*here)
        washer, washing = self._washer.since_start(*here)
        used = self._appliances.at(*here) + oven * (baking % (6 * MINUTE) < 0.65 * 6 * MINUTE)
        used += washer * np.where(washing < 14 * MINUTE, 2.0, 0.25)
        used = self._size * used * (1 + 0.012 * self._load.at(now.t)) + FRIDGE * self._cools(now.t)
        power = np.maximum(used + self._base_kw * (1 + 0.06 * self._base.at(now.t)), 0.02)
        voltage = now.voltage + self._offset - self._line * power
        return {
            "power": power,
            "voltage": voltage,
            "current": 1000 * power / voltage / POWER_FACTOR,
            "frequency": np.full_like(power, now.frequency),
        }

    def _cools(self, t: float) -> Floats:
        """Whether the fridge's compressor runs: a cycle of 44 min whose beginning and length vary."""
        cycle = int(t // FRIDGE_CYCLE)
        since = t - FRIDGE_CYCLE * (cycle + 0.15 + 0.05 * normal(self._fridge, 2 * cycle))
        lasts = 14 * MINUTE * 1.2 ** normal(self._fridge, 2 * cycle + 1)
        return ((since >= 0) & (since < lasts)).astype(np.float64)
