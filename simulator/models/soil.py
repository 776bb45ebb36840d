"""Moisture of a soil: rain in, evaporation and drainage out."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Normal, Uniform
from simulator.rng import Floats, Keys
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["Soil"]

HOUR, DAY = 3600.0, 86400
LAG: Final = 3 * HOUR  # of the water on its way down to the sensor
DRAINAGE: Final = 800.0  # mm/d at saturation (loam)
STEEPNESS: Final = 13.0  # of the drainage: K = Ks s^c
WILTING, STRESS = 0.24, 0.57  # saturation at which plants stop, and begin to save
WATERED: Final = 12.0  # mm that an irrigation gives, at severity 1


class Soil(Model):
    """n Z ds/dt = rain - ET(s) - drainage(s): Rodriguez-Iturbe et al. 1999, constants of loam from Laio 2001.

    Evaporation is exact and exponential below the stress point; drainage is a power of the saturation, exact
    too (ds/dt = -k s^c). It follows the sun. At the sensor's depth the water comes hours later, with a daily
    wave of temperature. A soil forgets in weeks, so a day begins with sixty days of its own weather.
    """

    about = "soil moisture: rain, evaporation, drainage; soil temperature"
    outputs: ClassVar[Mapping[str, Output]] = {
        "moisture": Output("m3/m3", 0.03, 0.6, "volumetric water content"),
        "t_soil": Output("Cel", -20, 45, "soil temperature"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "porosity": Param(Normal(0.45, 0.02), 0.2, 0.6, "share of the volume that water can fill"),
        "depth_mm": Param(Uniform(150, 250), 50, 2000, "depth of the roots"),
        "evaporation_mm_per_d": Param(Normal(4.0, 0.3), 0, 12, "on a bright summer's day"),
    }
    warm_up = 60 * 86400
    upset_by: ClassVar[Mapping[str, str]] = {"irrigation": f"severity 1 gives {WATERED:g} mm an hour"}

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:  # noqa: ARG002 - nothing random in it
        self._volume = params["porosity"] * params["depth_mm"]
        self._porosity, self._evaporation = params["porosity"], params["evaporation_mm_per_d"]

    def initial(self, now: Conditions) -> State:
        """Half full, as warm as the air."""
        half = np.full_like(self._porosity, 0.5)
        return half, half, np.full_like(half, now.t_out)

    def step(self, state: State, now: Conditions, dt: float) -> State:
        """Saturation of the roots, the same at the sensor, temperature (Cel)."""
        s, seen, warmth = state
        rain = now.rain * dt / 600  # the mean of ten minutes, which no step of a warm-up misses
        water = rain + WATERED * self.upsets.at("irrigation", now.t) * dt / HOUR
        s = np.minimum(s + water / self._volume, 1.0)  # the rest runs off
        sun = 0.1 + now.ghi / 250
        rate = self._evaporation * sun / self._volume / DAY
        s = np.where(
            s > STRESS,
            s - rate * dt,
            WILTING + (s - WILTING) * np.exp(-rate * dt / (STRESS - WILTING)),
        )
        k = (STEEPNESS - 1) * DRAINAGE / self._volume / DAY
        s = (s ** (1 - STEEPNESS) + k * dt) ** (1 / (1 - STEEPNESS))
        seen = s + (seen - s) * np.exp(-dt / LAG)
        warmth = now.t_out + (warmth - now.t_out) * np.exp(-dt / (10 * HOUR))
        return s, seen, warmth

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:
        """See `outputs`."""
        _, seen, warmth = state
        wave = 0.002 * np.cos(2 * np.pi * (now.local_second / HOUR - 17) / 24)
        return {"moisture": np.clip(seen * self._porosity + wave, 0.03, self._porosity), "t_soil": warmth}
