"""A distribution of delays in buckets that are 2 % wide: any number in little memory. Reads no clock."""

import numpy as np

from .rng import Floats

__all__ = ["Latencies"]

SHORTEST, DECADES, PER_DECADE = 1e-6, 12, 116  # seconds; 10 ** (1 / 116) is 1.02


class Latencies:
    """Counts seconds; what is shorter than a microsecond, or before its time, counts as one."""

    def __init__(self) -> None:
        self._counts = np.zeros(DECADES * PER_DECADE + 1, dtype=np.int64)

    def add(self, seconds: Floats) -> None:
        """Count these; NaN is none."""
        known = seconds[~np.isnan(seconds)]
        place = np.log10(np.maximum(known, SHORTEST) / SHORTEST) * PER_DECADE
        np.add.at(self._counts, np.minimum(place.astype(np.int64), len(self._counts) - 1), 1)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self._counts.sum())

    def quantile(self, share: float) -> float:
        """The delay, in seconds, that this share does not exceed; 0 if there are none."""
        total = self.count
        if not total:
            return 0.0
        place = int(np.searchsorted(np.cumsum(self._counts), max(1, np.ceil(share * total))))
        return float(SHORTEST * 10.0 ** ((place + 1) / PER_DECADE))
