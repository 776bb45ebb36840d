"""Drives a model over its time grid and reaches any moment of it. Knows nothing of sensors.

The state is made anew at each midnight UTC by a warm-up, so that it depends on the time alone.
"""

from .models.model import Model, State
from .rng import Floats
from .site import Conditions, Site

__all__ = ["DAY", "Process", "grid_for"]

DAY = 86400
WARM_UP = ((86400, 600), (43200, 300), (0, 60))  # until so many seconds before the end, steps so long
GRIDS = (60, 30, 20, 15, 10, 6, 5, 4, 3, 2, 1)  # seconds; all divide a day


def grid_for(every_ms: int) -> int:
    """The model's step for a sampling period: as long, but at most a minute and at least a second."""
    return next((grid for grid in GRIDS if grid * 1000 <= every_ms), GRIDS[-1])


class Process:
    """A model at a site, in one cell of the grid: cell c lasts from c * dt to (c + 1) * dt seconds."""

    def __init__(self, model: Model, site: Site, dt: int) -> None:
        self.dt = dt
        self._model, self._site = model, site
        self._cell: int | None = None
        self._state: State = ()

    def begin_day(self, day: int) -> dict[str, Floats]:
        """Go to the first cell of UTC day `day` by a warm-up; its outputs."""
        end = day * DAY
        start = end - self._model.warm_up
        self._state = self._model.initial(self._site.at(start))
        for before, step in WARM_UP:
            for t in range(start, end - before, step):
                self._state = self._model.step(self._state, self._site.at(t), step)
            start = max(start, end - before)
        self._cell = end // self.dt
        return self._read(self._site.at(end))

    def advance(self) -> dict[str, Floats]:
        """Go to the next cell, which must lie in the same day; its outputs."""
        assert self._cell is not None, "a process starts with begin_day()"
        now = self._site.at(self._cell * self.dt)
        self._state = self._model.step(self._state, now, self.dt)
        self._cell += 1
        return self._read(self._site.at(self._cell * self.dt))

    def _read(self, now: Conditions) -> dict[str, Floats]:
        return self._model.read(self._state, now)
