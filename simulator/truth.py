"""The ground truth: every fault that happened, in a CSV file, so that a detector can be judged."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from .line_file import LineFile
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
    """Written anew, or with `resume` gone on with: what is there is told no second time.

    Raises UnwritableError; then the file ends with the last whole row.
    """

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        self.path = path
        self._file = LineFile(path, anew=not resume)
        before = self._file.before.decode("utf-8", "replace").splitlines()
        self._known = {_key(row) for row in csv.reader(before)} - {HEADER}
        if not before:
            self._file.add(_lines([HEADER]))
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
        if rows:
            self._file.add(_lines(rows))
            self.count += len(rows)


def _key(row: Sequence[str | int]) -> tuple[str, ...]:
    return tuple(map(str, row))


def _lines(rows: Sequence[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
