"""Several targets side by side: a line per requirement, a column per target. Compares verdicts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reports.parts import ConformancePart, Entry
from reports.shapes import tone
from reports.tally import Tally, tally
from reports.titles import title

__all__ = ["Cell", "Group", "Line", "Matrix", "matrix"]

Key = tuple[str, str | None]
Column = dict[Key, Entry]


class Cell(NamedTuple):
    """One target and one requirement; `alone` where all others did well, `note` the number of a reason."""

    entry: Entry | None
    alone: bool
    note: int | None


class Line(NamedTuple):
    """One requirement; a cell has no entry where that target's run does not have it."""

    id: str
    path: str
    title: str
    level: str
    cells: Sequence[Cell]
    differs: bool


class Group(NamedTuple):
    """A section, with its score for each target."""

    name: str
    scores: Sequence[Tally]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sections in the order in which they first appear, and the reasons that cells refer to, from 1 on."""

    groups: Sequence[Group]
    notes: Sequence[str]

    @property
    def lines(self) -> Sequence[Line]:
        return [line for group in self.groups for line in group.lines]


def matrix(targets: Sequence[ConformancePart]) -> Matrix:
    """Requirements in the order in which they first appear; the first row of an id and path stands for it."""
    columns: list[Column] = [
        {named(entry): entry for entry in reversed(entries(target))} for target in targets
    ]
    sections: dict[str, dict[Key, None]] = {}
    for entry in (entry for target in targets for entry in entries(target)):
        if not any(named(entry) in keys for keys in sections.values()):
            sections.setdefault(entry.row.section, {})[named(entry)] = None
    notes: dict[str, int] = {}
    groups = [
        Group(
            title(section),
            [tally(column[key].row for key in keys if key in column) for column in columns],
            [line([column.get(key) for column in columns], notes) for key in keys],
        )
        for section, keys in sections.items()
    ]
    return Matrix(groups, list(notes))


def line(found: Sequence[Entry | None], notes: dict[str, int]) -> Line:
    """One requirement; reasons that are new are numbered."""
    row = next(entry.row for entry in found if entry)
    verdicts = {entry.row.verdict if entry else None for entry in found}
    cells = [Cell(entry, alone(entry, found), note(entry, notes)) for entry in found]
    return Line(row.id, row.path or "", row.title, row.level, cells, len(verdicts) > 1)


def alone(entry: Entry | None, found: Sequence[Entry | None]) -> bool:
    """Whether this target fails, or is warned, where others were judged and none of them is."""
    if entry is None or tone(entry.row.verdict) not in ("bad", "warn"):
        return False
    others = [tone(other.row.verdict) for other in found if other is not None and other is not entry]
    return "good" in others and not {"bad", "warn"} & set(others)


def note(entry: Entry | None, notes: dict[str, int]) -> int | None:
    """The number of a reason; what passed needs none."""
    if entry is None or not entry.row.reason or entry.row.verdict == "PASS":
        return None
    return notes.setdefault(entry.row.reason, len(notes) + 1)


def entries(target: ConformancePart) -> list[Entry]:
    return [entry for section in target.sections for entry in section.entries]


def named(entry: Entry) -> Key:
    return entry.row.id, entry.row.path
