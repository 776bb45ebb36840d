"""The virtual Ornstein-Uhlenbeck tree: an exact stationary path that can be read anywhere. Keeps no state.

Nodes far enough apart are independent; every value between them is drawn from the exact law given its two
neighbours, level by level, as in the virtual Brownian tree (Li et al. 2020).
"""

import math
from dataclasses import dataclass

import numpy as np

from .rng import Floats, Ints, Keys, Words, normal

__all__ = ["VirtualOU", "mixture"]

INDEPENDENT = 12.0  # time constants between two nodes of the coarsest level: correlation 6e-6
LEVEL_SHIFT = 56
INDEX_MASK = (1 << LEVEL_SHIFT) - 1


@dataclass(frozen=True, slots=True)
class VirtualOU:
    """An OU process of unit variance for each key, with time constant `tau` s, on a lattice of `dt` s."""

    key: Words
    tau: float
    dt: float

    def at(self, steps: Ints) -> Floats:
        """The values at these lattice steps (1-d), shape (keys, steps)."""
        levels = max(1, math.ceil(math.log2(INDEPENDENT * self.tau / self.dt)))
        key = self.key[:, None]
        left = steps >> levels
        x_left, x_right = self._node(key, 0, left), self._node(key, 0, left + 1)
        left = left << levels
        for level in range(1, levels + 1):
            half = 1 << (levels - level)
            r = math.exp(-half * self.dt / self.tau)
            middle = left + half
            x_middle = r / (1 + r * r) * (x_left + x_right)
            x_middle += math.sqrt((1 - r * r) / (1 + r * r)) * self._node(key, level, middle)
            right = steps >= middle
            left = np.where(right, middle, left)
            x_left, x_right = np.where(right, x_middle, x_left), np.where(right, x_right, x_middle)
        return x_left

    @staticmethod
    def _node(key: Words, level: int, index: Ints) -> Floats:
        return normal(key, (index & INDEX_MASK) | (level << LEVEL_SHIFT))


def mixture(keys: Keys, name: str, terms: list[tuple[float, float]], dt: float, steps: Ints) -> Floats:
    """A sum of OU processes with (share of the variance, time constant in s) each; shape (keys, steps)."""
    paths = (
        math.sqrt(share) * VirtualOU(keys.stream(f"{name}.{number}"), tau, dt).at(steps)
        for number, (share, tau) in enumerate(terms)
    )
    total: Floats = np.sum(list(paths), axis=0)
    return total
