"""A weather station: it shows what the site's weather is. Stateless."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant
from simulator.rng import Floats, Keys
from simulator.site import Conditions
from simulator.weather import saturation_hPa

from .model import Model, Output, Param, State

__all__ = ["Outdoors"]

LUMEN_PER_WATT: Final = 115.0  # luminous efficacy of daylight
LAPSE: Final = 0.0065  # K/m
METRES_PER_HPA: Final = 8.3


class Outdoors(Model):
    """The driver of all other models at the site, made visible; for its formulas see `simulator.weather`.

    Stations of one site stand in the same weather, each a little higher, warmer or more sheltered.
    """

    about = "outdoor weather of the site: temperature, humidity, radiation, pressure, wind, rain"
    outputs: ClassVar[Mapping[str, Output]] = {
        "t_out": Output("Cel", -40, 45, "air temperature"),
        "dew_point": Output("Cel", -45, 30, "dew point"),
        "rh_out": Output("%RH", 5, 100, "relative humidity"),
        "ghi": Output("W/m2", 0, 1200, "global horizontal irradiance"),
        "illuminance": Output("lx", 0, 140000, "daylight on a horizontal plane"),
        "p_station": Output("hPa", 850, 1060, "air pressure at the station"),
        "wind": Output("m/s", 0, 40, "wind speed, mean of ten minutes"),
        "gust": Output("m/s", 0, 60, "strongest gust of ten minutes"),
        "wind_from": Output("deg", 0, 360, "where the wind comes from, from north over east"),
        "rain_rate": Output("mm/h", 0, 150, "rain as it falls"),
        "rain": Output("mm", 0, 25, "rain of the last ten minutes"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "height_m": Param(Constant(0.0), -500, 3000, "above the site; 6.5 K colder a kilometre"),
        "warmer_K": Param(Constant(0.0), -10, 10, "than the site, like a street or a hollow"),
        "exposure": Param(Constant(1.0), 0, 4, "wind ÷ the site's wind"),
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._ones = np.ones(len(keys.hashes))
        self._warmer = params["warmer_K"] - LAPSE * params["height_m"]
        self._height, self._exposure = params["height_m"], params["exposure"]

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        t_out = now.t_out + self._warmer
        dew_point = np.minimum(now.dew_point, t_out - 0.05)
        values: dict[str, Floats | float] = {
            "t_out": t_out,
            "dew_point": dew_point,
            "rh_out": np.clip(100 * saturation_hPa(dew_point) / saturation_hPa(t_out), 5, 100),
            "ghi": now.ghi,
            "illuminance": now.ghi * LUMEN_PER_WATT,
            "p_station": now.pressure - self._height / METRES_PER_HPA,
            "wind": now.wind * self._exposure,
            "gust": now.gust * self._exposure,
            "wind_from": now.wind_from,
            "rain_rate": now.rain_rate,
            "rain": now.rain,
        }
        return {name: value * self._ones for name, value in values.items()}
