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
Row = tuple[str | int, ...]


def told(plan: GroupPlan, episode: Episode) -> Row:
    """The row of an episode, in the order of the header."""
    sensor = plan.profile.sensors[episode.sensor].name if episode.sensor >= 0 else ""
    params = json.dumps(episode.params) if episode.params else ""
    return plan.ids[episode.device], sensor, episode.fault.kind, episode.start, episode.end, params


class Truth:
    """Written anew, or with `resume` gone on with: what is there is told no second time. Raises OSError."""

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._known = _whole_rows(path) if resume and path.exists() else set()
        self._file = path.open("a" if self._known else "w", encoding="utf-8", newline="")
        self._rows = csv.writer(self._file)
        if not self._known:
            self._rows.writerow(HEADER)
        self.count = len(self._known)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, plan: GroupPlan, episodes: Sequence[Episode]) -> None:
        """Add episodes of that group."""
        rows = [row for row in (told(plan, episode) for episode in episodes) if _key(row) not in self._known]
        self._rows.writerows(rows)
        self.count += len(rows)
        if rows:
            self._file.flush()


def _key(row: Sequence[str | int]) -> tuple[str, ...]:
    return tuple(map(str, row))


def _whole_rows(path: Path) -> set[tuple[str, ...]]:
    """The rows of the file, which is cut after its last whole line: a crash may have left half a one."""
    with path.open("r+b") as file:
        whole = file.read().rpartition(b"\n")[0]
        file.truncate(len(whole) + 1 if whole else 0)
    with path.open(encoding="utf-8", newline="") as file:
        return {_key(row) for row in csv.reader(file)} - {HEADER}
