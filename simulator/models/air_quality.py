"""Fine dust in a city: stale air, traffic, chimneys near by. Stateless."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from simulator.distributions import Constant, LogNormal
from simulator.ou import Path
from simulator.pulses import Pulse, Pulses
from simulator.rng import Floats, Keys, normal_cdf
from simulator.site import Conditions

from .model import Model, Output, Param, State

__all__ = ["AirQuality"]

HOUR: Final = 3600.0
SHARED: Final = 0.9  # of the variance: a city breathes the same air
PLUME = Pulse(0.02, 3 * HOUR, 1.6, 4.0, 0.5)  # fireworks, fires, dust: times the scale


class AirQuality(Model):
    """PM2.5 by a Weibull copula over a Gaussian process: y = scale (-ln(1 - Phi(z)))^(1/k).

    z is the site's stale air (time constant 24 h), the neighbourhood's own, a daily wave with its peak after
    midnight, and wind and rain, which clean. Fitted to Beijing 2010-2014 (shape 1.07, scale 101 ug/m3); the
    defaults are those of a cleaner city.
    """

    about = "fine dust outdoors: PM2.5, PM10"
    outputs: ClassVar[Mapping[str, Output]] = {
        "pm25": Output("ug/m3", 0, 1500, "particles below 2.5 µm"),
        "pm10": Output("ug/m3", 0, 2500, "particles below 10 µm"),
    }
    params: ClassVar[Mapping[str, Param]] = {
        "scale_ug_per_m3": Param(LogNormal(12, 1.2), 0.1, 300, "scale of the Weibull distribution"),
        "shape": Param(Constant(1.6), 0.5, 5, "its shape; 1.07 in Beijing"),
    }

    def __init__(self, keys: Keys, params: Mapping[str, Floats]) -> None:
        self._scale, self._shape = params["scale_ug_per_m3"], params["shape"]
        self._own = Path(keys.stream("own"), 6 * HOUR, 300.0)
        self._coarse = Path(keys.stream("coarse"), 12 * HOUR, 300.0)
        self._plumes = Pulses(keys, {"plume": PLUME})

    def read(self, state: State, now: Conditions) -> dict[str, Floats]:  # noqa: ARG002 - it has no state
        """See `outputs`."""
        hour = now.local_second / HOUR
        day = 0.13 * np.cos(2 * np.pi * (hour - 1) / 24) + 0.06 * np.cos(2 * np.pi * (hour - 8.5) / 12)
        z = np.sqrt(SHARED) * now.haze + np.sqrt(1 - SHARED) * self._own.at(now.t)
        share = np.minimum(normal_cdf(z + day), 1 - 1e-5)
        height, since = self._plumes.since_start(now.local_day, now.local_second)
        plume = height * np.exp(-since / (2 * HOUR))
        pm25 = self._scale * ((-np.log(1 - share)) ** (1 / self._shape) + plume)
        coarse = 0.45 * np.exp(0.4 * self._coarse.at(now.t))
        return {"pm25": pm25, "pm10": pm25 * (1 + coarse)}
