"""Several targets side by side: a line per requirement, a column per target. Compares verdicts only."""

from collections.abc import Sequence
from typing import NamedTuple

from reports.parts import ConformancePart, Entry

__all__ = ["Line", "matrix"]


class Line(NamedTuple):
    """One requirement; a cell is None where that target's run does not have it."""

    id: str
    title: str
    level: str
    cells: Sequence[Entry | None]
    differs: bool


def matrix(targets: Sequence[ConformancePart]) -> list[Line]:
    """Requirements in the order in which they first appear; the first row of an id and path stands for it."""
    columns = [
        {(entry.row.id, entry.row.path): entry for entry in reversed(entries(target))} for target in targets
    ]
    lines = []
    for key in dict.fromkeys(key for target in targets for key in map(named, entries(target))):
        cells = [column.get(key) for column in columns]
        row = next(cell.row for cell in cells if cell)
        verdicts = {cell.row.verdict if cell else None for cell in cells}
        lines.append(Line(row.id, row.title, row.level, cells, len(verdicts) > 1))
    return lines


def entries(target: ConformancePart) -> list[Entry]:
    return [entry for section in target.sections for entry in section.entries]


def named(entry: Entry) -> tuple[str, str | None]:
    return entry.row.id, entry.row.path
