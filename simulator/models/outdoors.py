"""A weather station: it shows what the site's weather is. Stateless."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from simulator.rng import Floats, Keys
from simulator.site import Conditions
from simulator.weather import saturation_hPa

from .model import Model, Output, Param, State

__all__ = ["Outdoors"]


class Outdoors(Model):
    """The driver of all other models at the site, made visible; for its formulas see `simulator.weather`."""

    about = "outdoor weather of the site: temperature, humidity, radiation, pressure, wind"
    outputs: ClassVar[Mapping[str, Output]] = {
        "t_out": Output("Cel", -40, 45, "air temperature"),
        "dew_point": Output("Cel", -45, 30, "dew point"),
        "rh_out": Output("%RH", 5, 100, "relative humidity"),
        "ghi": Output("W/m2", 0, 1200, "global horizontal irradiance"),
        "p_station": Output("hPa", 850, 1060, "air pressure at the station"),
        "wind": Output("m/s", 0, 40, "wind speed"),
    }
    params: ClassVar[Mapping[str, Param]] = {}

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:  # noqa: ARG002 - it has none
        self._ones = np.ones(len(keys.hashes))

    def initial(self, now: Conditions) -> State:  # noqa: ARG002 - it has no state
        """Nothing."""
        return ()

    def step(self, state: State, now: Conditions, dt: float) -> State:  # noqa: ARG002 - it has no state
        """Nothing."""
        return state

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        dew, air = (saturation_hPa(np.asarray(t)) for t in (now.dew_point, now.t_out))
        values = {
            "t_out": now.t_out,
            "dew_point": now.dew_point,
            "rh_out": float(np.clip(100 * dew / air, 5, 100)),
            "ghi": now.ghi,
            "p_station": now.pressure,
            "wind": now.wind,
        }
        return {name: value * self._ones for name, value in values.items()}
