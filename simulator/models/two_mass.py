"""A room as two heat stores, air and mass, with an exact step for constant input (2R2C). Pure."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from simulator.rng import Floats

__all__ = ["TwoMass"]

TO_AIR = 0.5  # share of the heat that reaches the air at once; the rest is radiant and warms the mass


class _Exact(NamedTuple):
    """exp(A dt) and A^-1 (exp(A dt) - 1), entry by entry, each of shape (rooms,)."""

    e: tuple[Floats, Floats, Floats, Floats]
    g: tuple[Floats, Floats, Floats, Floats]


class TwoMass:
    """Rooms with capacities (J/K) and conductances (W/K): air to mass, air to outdoors, mass to outdoors."""

    def __init__(self, air: Floats, mass: Floats, inner: Floats, leak: Floats, wall: Floats) -> None:
        self._air, self._mass, self._inner, self._leak, self._wall = air, mass, inner, leak, wall
        self._exact = lru_cache(maxsize=4)(self._discretise)

    def step(
        self, air: Floats, mass: Floats, outdoors: float, heat: Floats, dt: float
    ) -> tuple[Floats, Floats]:
        """Air and mass temperature (Cel) after `dt` seconds with `heat` W."""
        e, g = self._exact(dt)
        to_air = (TO_AIR * heat + self._leak * outdoors) / self._air
        to_mass = ((1 - TO_AIR) * heat + self._wall * outdoors) / self._mass
        return (
            e[0] * air + e[1] * mass + g[0] * to_air + g[1] * to_mass,
            e[2] * air + e[3] * mass + g[2] * to_air + g[3] * to_mass,
        )

    def _discretise(self, dt: float) -> _Exact:
        """The matrix exponential of a 2x2 matrix with two real eigenvalues, in closed form."""
        a, b = -(self._inner + self._leak) / self._air, self._inner / self._air
        c, d = self._inner / self._mass, -(self._inner + self._wall) / self._mass
        middle, half = (a + d) / 2, np.sqrt(((a - d) / 2) ** 2 + b * c)
        slow, fast = np.exp((middle + half) * dt), np.exp((middle - half) * dt)
        mean, slope = (slow + fast) / 2, (slow - fast) / (2 * half)
        e = (mean + slope * (a - middle), slope * b, slope * c, mean + slope * (d - middle))
        f = (e[0] - 1, e[1], e[2], e[3] - 1)
        det = a * d - b * c
        g = (
            (d * f[0] - b * f[2]) / det,
            (d * f[1] - b * f[3]) / det,
            (a * f[2] - c * f[0]) / det,
            (a * f[3] - c * f[1]) / det,
        )
        return _Exact(e, g)
