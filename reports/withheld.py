"""Rows that are not to be published: what could be used against the servers of other people."""

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from reports.schemas import Conformance, Row, Summary
from reports.sides import Loaded
from reports.tally import BAD, tally

__all__ = ["names", "withhold"]


def withhold(loaded: Sequence[Loaded], wanted: Collection[str]) -> list[Loaded]:
    """The same results without the rows of these sections and ids. Raises ValueError for a name of no row."""
    rows = [row for each in loaded if isinstance(each.result, Conformance) for row in each.result.rows]
    unknown = [name for name in wanted if not any(meant(row, name) for row in rows)]
    if unknown:
        raise ValueError(f"there is no row or section {unknown[0]!r} in these results")
    return [
        each._replace(result=without(each.result, wanted)) if isinstance(each.result, Conformance) else each
        for each in loaded
    ]


def without(result: Conformance, wanted: Collection[str]) -> Conformance:
    """Counts and exit code are those of the rows that stay: they would tell what was taken out."""
    kept = [row for row in result.rows if not any(meant(row, name) for name in wanted)]
    taken = [row for row in result.rows if any(meant(row, name) for name in wanted)]
    told = any(row.verdict in BAD for row in taken) and not any(row.verdict in BAD for row in kept)
    return replace(
        result,
        rows=kept,
        summary=Summary(dict(Counter(row.verdict for row in kept)), tally(kept).coverage),
        exit_code=0 if told and result.exit_code == 1 else result.exit_code,
        withheld=len(taken),
    )


def meant(row: Row, name: str) -> bool:
    """`INJ` and `SSE-INJ` are a section, `DATA-002` and `SSE-DATA-002` a row."""
    wanted = name.upper().removeprefix("SSE-")
    return wanted in (row.section.upper(), row.id.upper().removeprefix("SSE-"))


def names(text: str) -> list[str]:
    """`INJ, DATA-002` → both."""
    return [name for name in (part.strip() for part in text.split(",")) if name]
