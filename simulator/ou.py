"""The virtual Ornstein-Uhlenbeck tree: an exact stationary path that can be read anywhere. Keeps no state.

Nodes far enough apart are independent; every value between them is drawn from the exact law given its two
neighbours, level by level, as in the virtual Brownian tree (Li et al. 2020).
"""

import math
from dataclasses import dataclass

import numpy as np

from .rng import Floats, Ints, Keys, Words, normal

__all__ = ["Path", "VirtualOU", "mixture"]

INDEPENDENT = 12.0  # time constants between two nodes of the coarsest level: correlation 6e-6
BLOCK = 3600.0  # seconds whose steps a path draws at once
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
        levels = self.levels
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

    def block(self, number: int, bits: int) -> Floats:
        """The 2^bits steps from number * 2^bits on, and the next one; the same numbers, bit for bit."""
        first, length = number << bits, 1 << bits
        path = np.empty((len(self.key), length + 1))
        path[:, [0, -1]] = self.at(np.array([first, first + length]))
        for below in reversed(range(bits)):
            half = 1 << below
            r = math.exp(-half * self.dt / self.tau)
            middle = np.arange(first + half, first + length, 2 * half)
            x_middle = r / (1 + r * r) * (path[:, : -half : 2 * half] + path[:, 2 * half :: 2 * half])
            x_middle += math.sqrt((1 - r * r) / (1 + r * r)) * self._node(
                self.key[:, None], self.levels - below, middle
            )
            path[:, half :: 2 * half] = x_middle
        return path

    @property
    def levels(self) -> int:
        """How often the tree divides."""
        return max(1, math.ceil(math.log2(INDEPENDENT * self.tau / self.dt)))

    @staticmethod
    def _node(key: Words, level: int, index: Ints) -> Floats:
        return normal(key, (index & INDEX_MASK) | (level << LEVEL_SHIFT))


class Path:
    """An OU process read moment after moment, on straight lines between steps. Remembers a block."""

    def __init__(self, key: Words, tau: float, dt: float) -> None:
        self._ou = VirtualOU(key, tau, dt)
        self._bits = min(max(0, int(math.log2(BLOCK / dt))), self._ou.levels)
        self._number: int | None = None
        self._block: Floats = np.empty((0, 0))

    def at(self, t: float) -> Floats:
        """The value for each key at `t` s."""
        step, beyond = divmod(t / self._ou.dt, 1)
        number, index = divmod(int(step), 1 << self._bits)
        if number != self._number:
            self._number = number
            self._block = np.ascontiguousarray(self._ou.block(number, self._bits).T)
        here: Floats = self._block[index]
        if not beyond:
            return here
        between: Floats = here + beyond * (self._block[index + 1] - here)
        return between


def mixture(keys: Keys, name: str, terms: list[tuple[float, float]], dt: float, steps: Ints) -> Floats:
    """A sum of OU processes with (share of the variance, time constant in s) each; shape (keys, steps)."""
    paths = (
        math.sqrt(share) * VirtualOU(keys.stream(f"{name}.{number}"), tau, dt).at(steps)
        for number, (share, tau) in enumerate(terms)
    )
    total: Floats = np.sum(list(paths), axis=0)
    return total
