"""A battery that feeds a device: charge, voltage under load in the cold. Stateless; replaced when empty."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant, LogNormal, Normal
from simulator.rng import Floats, Keys, uniform
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["Battery"]

YEAR: Final = 365.25 * 86400
CHARGE = (0.0, 0.05, 0.1, 0.2, 0.5, 0.9, 1.0)
OPEN_CIRCUIT = (2.0, 2.9, 3.25, 3.45, 3.60, 3.66, 3.67)  # V of Li-SOCl2, flat for most of its life
COLD = (-40.0, -10.0, 20.0, 60.0)
CAPACITY_IN_COLD = (0.4, 0.7, 1.0, 1.0)  # share of the capacity that can be had
RESISTANCE_IN_COLD = (4.0, 2.0, 1.0, 0.8)


class Battery(Model):
    """Charge falls by what sleeping, sending and self-discharge take; V = OCV(charge) - I R(T, charge).

    The open-circuit form is Plett's (2004), with a table for Li-SOCl2. Each life begins with a full cell and
    ends `floor` before it is empty; a new cell then goes in, so the charge at any moment needs no history.
    """

    about = "primary battery of a wireless sensor outdoors: charge, voltage under load"
    outputs: ClassVar[Mapping[str, Output]] = {
        "charge": Output("%", 0, 100, "what is left of the capacity"),
        "voltage": Output("V", 0, 4, "voltage while it sends"),
        "t_cell": Output("Cel", -40, 60, "temperature of the cell"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "capacity_mAh": Param(Normal(2400, 60), 10, 1e6, "capacity at 20 Cel"),
        "sleep_uA": Param(LogNormal(8, 1.3), 0, 1e6, "current while it sleeps"),
        "report_mC": Param(LogNormal(45, 1.2), 0, 1e6, "charge of one report"),
        "reports_per_h": Param(Constant(6.0), 0, 3600, "reports an hour"),
        "send_mA": Param(Constant(40.0), 0, 2000, "current while it sends"),
        "resistance_ohm": Param(LogNormal(5, 1.2), 0, 500, "inner resistance when new and warm"),
        "floor": Param(Constant(0.02), 0, 0.5, "charge left when the cell is replaced"),
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._params = params
        current = params["sleep_uA"] * 1e-3 + params["report_mC"] * params["reports_per_h"] / 3600  # mA
        leak = 0.01 * params["capacity_mAh"] / (YEAR / 3600)  # a percent a year
        usable = params["capacity_mAh"] * (1 - params["floor"])
        self._life = usable / (current + leak) * 3600  # seconds
        self._phase = uniform(keys.stream("replaced"), 0)

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        used = (now.t / self._life + self._phase) % 1 * (1 - self._params["floor"])
        cell = now.t_out + 0.01 * now.ghi  # the box stands in the sun
        left = np.clip(1 - used / np.interp(cell, COLD, CAPACITY_IN_COLD), 0, 1)
        resistance = self._params["resistance_ohm"] * np.interp(cell, COLD, RESISTANCE_IN_COLD)
        resistance *= np.where(left < 0.1, 3 - 20 * left, 1)
        voltage = np.interp(left, CHARGE, OPEN_CIRCUIT) - self._params["send_mA"] * 1e-3 * resistance
        return {
            "charge": 100 * left,
            "voltage": np.maximum(voltage, 0),
            "t_cell": np.full_like(left, cell),
        }
