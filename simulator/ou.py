"""The virtual Ornstein-Uhlenbeck tree: an exact stationary path that can be read anywhere. Keeps no state.

Nodes far enough apart are independent; every value between them is drawn from the exact law given its two
neighbours, level by level, as in the virtual Brownian tree (Li et al. 2020).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .rng import Floats, Ints, Keys, Words, normal

__all__ = ["Path", "VirtualOU", "mixture"]

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
        levels = self.levels
        key = self.key[:, None]
        left = steps >> levels
        x_left, x_right = self._node(key, 0, left), self._node(key, 0, left + 1)
        left = left << levels
        for level in range(1, levels + 1):
            half = 1 << (levels - level)
            kept, spread = self._halving(half)
            middle = left + half
            x_middle = kept * (x_left + x_right) + spread * self._node(key, level, middle)
            right = steps >= middle
            left = np.where(right, middle, left)
            x_left, x_right = np.where(right, x_middle, x_left), np.where(right, x_right, x_middle)
        return x_left

    def between(self, number: int) -> tuple[Floats, Floats]:
        """The two ends of interval `number` of the coarsest level."""
        return self._node(self.key, 0, np.array([number])), self._node(self.key, 0, np.array([number + 1]))

    def middle(self, level: int, step: int, left: Floats, right: Floats) -> Floats:
        """The value at `step`, halfway between its two neighbours on the level above `level`."""
        kept, spread = self._halving(1 << (self.levels - level))
        value = left + right
        value *= kept
        value += spread * self._node(self.key, level, np.array([step]))
        return value

    def _halving(self, half: int) -> tuple[float, float]:
        """The weight of two neighbours that are `half` steps away, and of what is new between them."""
        r = math.exp(-half * self.dt / self.tau)
        return r / (1 + r * r), math.sqrt((1 - r * r) / (1 + r * r))

    @property
    def levels(self) -> int:
        """How often the tree divides."""
        return max(1, math.ceil(math.log2(INDEPENDENT * self.tau / self.dt)))

    @staticmethod
    def _node(key: Words, level: int, index: Ints) -> Floats:
        return normal(key, (index & INDEX_MASK) | (level << LEVEL_SHIFT))


class Interval(NamedTuple):
    """From `first` to `last` (steps), and the values at both ends, each of shape (keys,)."""

    first: int
    last: int
    left: Floats
    right: Floats


class Path:
    """An OU process read moment after moment, on straight lines between steps.

    Remembers the way down the tree, so that the next step costs one new node on average.
    """

    def __init__(self, key: Words, tau: float, dt: float) -> None:
        self._ou = VirtualOU(key, tau, dt)
        self._way: list[Interval] = []  # from the coarsest level to the finest

    def at(self, t: float) -> Floats:
        """The value for each key at `t` s; not to be written to."""
        step, beyond = divmod(t / self._ou.dt, 1)
        here = self._descend(int(step))
        if not beyond:
            return here.left
        between = here.right - here.left
        between *= beyond
        between += here.left
        return between

    def _descend(self, step: int) -> Interval:
        """The interval of a single step that begins there."""
        levels = self._ou.levels
        while self._way and not self._way[-1].first <= step < self._way[-1].last:
            self._way.pop()
        if not self._way:
            number = step >> levels
            self._way.append(Interval(number << levels, number + 1 << levels, *self._ou.between(number)))
        while len(self._way) <= levels:
            first, last, left, right = self._way[-1]
            middle = (first + last) // 2
            value = self._ou.middle(len(self._way), middle, left, right)
            in_left = step < middle
            half = Interval(first, middle, left, value) if in_left else Interval(middle, last, value, right)
            self._way.append(half)
        return self._way[-1]


def mixture(keys: Keys, name: str, terms: list[tuple[float, float]], dt: float, steps: Ints) -> Floats:
    """A sum of OU processes with (share of the variance, time constant in s) each; shape (keys, steps)."""
    paths = (
        math.sqrt(share) * VirtualOU(keys.stream(f"{name}.{number}"), tau, dt).at(steps)
        for number, (share, tau) in enumerate(terms)
    )
    total: Floats = np.sum(list(paths), axis=0)
    return total
