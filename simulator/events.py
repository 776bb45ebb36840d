"""Windowed Poisson events: those of a day are hashed from the day, so that any day can be asked for. Pure."""

import math
from typing import NamedTuple

import numpy as np

from .rng import Floats, Ints, Words, uniform

__all__ = ["MOST_PER_DAY", "Events", "events_of_day"]

MOST_PER_DAY = 500.0  # mean; above it the window of one day's numbers would be too small
WINDOW = 4096  # random numbers of one day: one for the count, then times, then marks


class Events(NamedTuple):
    """Events of one day in order of device: whose, when (share of the day in [0, 1)), and a uniform mark."""

    device: Ints
    time: Floats
    mark: Floats


def events_of_day(key: Words, day: int, mean: float) -> Events:
    """The events of each key on `day` (days since 1970, by whatever clock), `mean` of them on average."""
    first = day * WINDOW
    count = np.searchsorted(_poisson_cdf(mean), uniform(key, first), side="right")
    device = np.repeat(np.arange(len(key)), count)
    number = np.arange(len(device)) - np.repeat(np.cumsum(count) - count, count)
    time = uniform(key[device], first + 1 + number)
    mark = uniform(key[device], first + WINDOW // 2 + number)
    return Events(device, time, mark)


def _poisson_cdf(mean: float) -> Floats:
    n = np.arange(int(mean + 12 * math.sqrt(mean) + 20))
    log_factorial = np.array([math.lgamma(k + 1) for k in n])
    logs = n * math.log(mean) - log_factorial - mean if mean > 0 else np.where(n == 0, 0.0, -np.inf)
    return np.cumsum(np.exp(logs))
