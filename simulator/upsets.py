"""Process faults as models see them: how severe each kind of upset is for each device, and when. Pure."""

from functools import lru_cache

import numpy as np

from .rng import Floats
from .timeline import Timeline

__all__ = ["TimelineUpsets"]


class TimelineUpsets:
    """The upsets of a timeline that holds process faults alone."""

    def __init__(self, timeline: Timeline, devices: int) -> None:
        self._timeline, self._devices = timeline, devices
        self._now = lru_cache(maxsize=2)(self._gather)

    def at(self, kind: str, t: float) -> Floats | float:
        """The largest severity of that kind at `t` s UTC, for each device; 0 when there is none."""
        return self._now(round(t * 1000)).get(kind, 0.0)

    def _gather(self, t: int) -> dict[str, Floats]:
        found: dict[str, Floats] = {}
        for episode in self._timeline.overlapping(t, t + 1):
            severity = found.setdefault(episode.fault.kind, np.zeros(self._devices))
            grown = episode.fault.grown((t - episode.start) / (episode.end - episode.start))
            severity[episode.device] = max(severity[episode.device], grown)
        return found
