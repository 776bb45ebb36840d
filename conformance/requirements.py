"""The requirements as records, read from requirements.toml, which is their single source. Judges nothing."""

import tomllib
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from conformance.complaint import complaint

__all__ = ["REQUIREMENTS", "SECTIONS", "Catalogue", "Level", "Need", "Requirement", "read"]

Level = Literal["MUST", "SHOULD", "PRACTICE", "MAY"]
Need = Literal[
    "publish",
    "publish.event",
    "publish.id",
    "publish.retry",
    "publish.comment",
    "cursor",
    "cursor.header",
    "cursor.query",
    "cursor.lossless",
    "cursor.unrepeated",
    "cursor.retention",
    "heartbeat",
    "open-ended",
    "finite",
    "server-framing",
    "http-1.0",
    "http-2",
    "road",
    "local",
    "auth",
    "cors",
    "process",
    "cap",
]
Text = Annotated[str, msgspec.Meta(min_length=3)]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row. `section` is the middle of its id.

    `needs` is what a target must have for the row to apply, such as a publisher, a cursor or heartbeats
    (applies.py says how it is told).
    `requires` holds the rows whose failure makes this one meaningless. The file names only the nearest; a
    record also has those that they require in turn, in the order of the catalogue. One that is `slow` takes
    minutes, and is judged only when that was asked for; one that is `racy` depends on the moment, and is
    judged again before it fails; one that is `tentative` is about lateness alone, for which the suite itself
    may be to blame.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^SSE-[A-Z0-9]+-\d{3}$", description="an id like SSE-HTTP-001")]
    title: Text
    level: Level
    priority: Literal["P1", "P2", "P3"]
    clause: Text
    url: Annotated[str, msgspec.Meta(pattern=r"^https://\S+$", description="an https address")]
    why: Text
    fix: Text
    needs: tuple[Need, ...] = ()
    requires: tuple[str, ...] = ()
    slow: bool = False
    racy: bool = False
    tentative: bool = False

    @property
    def section(self) -> str:
        """`HTTP` of SSE-HTTP-001."""
        return self.id.split("-")[1]


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """requirements.toml: sections in their order with their titles, and rows."""

    sections: dict[str, str]
    row: tuple[Requirement, ...]


def read(text: str) -> Catalogue:
    """The catalogue of a file's text, with `requires` completed. Raises ValueError with what is wrong."""
    try:
        catalogue = msgspec.convert(tomllib.loads(text), Catalogue)
    except msgspec.ValidationError as error:
        raise ValueError(complaint(error, Catalogue)) from None
    wrong = [*_contradictions(catalogue)]
    if wrong:
        raise ValueError("; ".join(wrong))
    nearest = {row.id: row.requires for row in catalogue.row}
    try:
        TopologicalSorter(nearest).prepare()
    except CycleError as cycle:
        raise ValueError(f"rows require one another: {' → '.join(cycle.args[1])}") from None
    rows = tuple(_completed(row, nearest) for row in catalogue.row)
    return msgspec.structs.replace(catalogue, row=rows)


def _completed(row: Requirement, nearest: Mapping[str, tuple[str, ...]]) -> Requirement:
    required = _required(row.id, nearest)
    return msgspec.structs.replace(row, requires=tuple(other for other in nearest if other in required))


def _contradictions(catalogue: Catalogue) -> Iterator[str]:
    ids = [row.id for row in catalogue.row]
    for row in catalogue.row:
        if ids.count(row.id) > 1:
            yield f"{row.id}: there are two rows of this id"
        if row.section not in catalogue.sections:
            yield f"{row.id}: there is no section {row.section}"
        for other in row.requires:
            if other not in ids:
                yield f"{row.id}: requires {other}, which is no row"


def _required(row: str, nearest: Mapping[str, tuple[str, ...]]) -> set[str]:
    """The rows that `row` requires, near and far."""
    return {far for near in nearest[row] for far in (near, *_required(near, nearest))}


_CATALOGUE = read(files("conformance").joinpath("requirements.toml").read_text(encoding="utf-8"))
SECTIONS: Mapping[str, str] = MappingProxyType(_CATALOGUE.sections)
REQUIREMENTS: Mapping[str, Requirement] = MappingProxyType({row.id: row for row in _CATALOGUE.row})
