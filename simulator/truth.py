"""The ground truth: every fault that happened, in a CSV file, so that a detector can be judged."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .plan import GroupPlan
from .timeline import Episode

__all__ = ["HEADER", "Truth", "told"]

HEADER = ("device", "sensor", "kind", "start", "end", "params")  # times in ms UTC, like a measurement's ts


def told(plan: GroupPlan, episode: Episode) -> tuple[str | int, ...]:
    """The row of an episode, in the order of the header."""
    sensor = plan.profile.sensors[episode.sensor].name if episode.sensor >= 0 else ""
    params = json.dumps(episode.params) if episode.params else ""
    return plan.ids[episode.device], sensor, episode.fault.kind, episode.start, episode.end, params


class Truth:
    """Written anew by each run; raises OSError when the file can't be."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow(HEADER)
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, plan: GroupPlan, episodes: Sequence[Episode]) -> None:
        """Add episodes of that group."""
        self._rows.writerows(told(plan, episode) for episode in episodes)
        self.count += len(episodes)
        if episodes:
            self._file.flush()
