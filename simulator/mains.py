"""The public grid as all houses of a site see it: voltage at the transformer, and frequency. Pure."""

import math
from typing import NamedTuple

import numpy as np

from .ou import mixture
from .rng import Floats, Ints, Keys

__all__ = ["Mains", "mains_at"]

HOUR = 3600.0
NOMINAL = 50.0  # Hz


class Mains(NamedTuple):
    """Series on the lattice of local seconds that were given: V without any load, and Hz."""

    voltage: Floats
    frequency: Floats


def mains_at(keys: Keys, steps: Ints, local: Ints, lattice: int) -> Mains:
    """The grid at these lattice steps since 1970, at these local seconds. `keys` holds the place alone.

    Voltage: daily and half-daily load of the quarter, fitted to a year of one house (UCI household power).
    Frequency: a mean-reverting walk whose spread itself varies, and steps at full hours when schedules of
    power stations change (Schäfer, Beck, Aihara, Witthaut, Timme 2018: heavy tails, hourly trading).
    """
    hour = local / HOUR % 24
    day = 1.6 * np.cos(2 * np.pi * (hour - 4.6) / 24) + 2.2 * np.cos(2 * np.pi * (hour - 2.7) / 12)
    slow = 2.0 * mixture(keys, "mains.slow", [(1, 2 * HOUR)], lattice, steps)[0]
    fast = 0.55 * mixture(keys, "mains.fast", [(1, 300.0)], lattice, steps)[0]
    swing = mixture(keys, "mains.frequency", [(0.7, 200.0), (0.3, 1800.0)], lattice, steps)[0]
    spread = np.exp(0.4 * mixture(keys, "mains.spread", [(1, 6 * HOUR)], lattice, steps)[0])
    return Mains(243.0 + day + slow + fast, NOMINAL + 0.018 * spread * swing + _trading(hour))


def _trading(hour: Floats) -> Floats:
    """Hz: what the change of schedules at each full hour leaves for some minutes, signed like the load."""
    since = hour % 1 * HOUR
    rising = -np.sign(np.cos(math.pi * (hour - 2) / 12))
    return 0.02 * rising * np.exp(-since / 300)
