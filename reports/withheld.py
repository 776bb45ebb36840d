"""Rows that are not to be published: what could be used against the servers of other people.

They keep their titles and lose all that was found, and nothing else in the result tells it either.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from reports.packed import nothing
from reports.schemas import Conformance, Row, Summary
from reports.sides import Loaded
from reports.tally import BAD, DESELECTED, tally

__all__ = ["names", "withhold"]

REASON = f"{DESELECTED}: not published"
SHARED = {"DATA", "FRAME", "INJ"}  # sections whose payloads are published on one stream
BLANK = {"expected": None, "observed": None, "evidence": None, "reproduce": None, "seconds": None}


def withhold(loaded: Sequence[Loaded], wanted: Collection[str]) -> list[Loaded]:
    """The same results without these sections and ids. Raises ValueError for a name of no row."""
    rows = [row for each in loaded if isinstance(each.result, Conformance) for row in each.result.rows]
    for name in wanted:
        if not any(meant(row.id, row.section, name) for row in rows):
            raise ValueError(f"there is no row or section {name!r} in these results")
    return [
        dataclasses.replace(each, result=without(each.result, wanted))
        if wanted and isinstance(each.result, Conformance)
        else each
        for each in loaded
    ]


def without(result: Conformance, wanted: Collection[str]) -> Conformance:
    """Counts, coverage and exit code are those of the rows that are shown: they would tell the others."""
    taken = [row for row in result.rows if any(meant(row.id, row.section, name) for name in wanted)]
    ids = {row.id for row in taken}
    rows = [shown(row, ids) for row in result.rows]
    told = any(row.verdict in BAD for row in taken) and not any(row.verdict in BAD for row in rows)
    return replace(
        result,
        rows=rows,
        portability=[],  # it quotes the payloads of all rows
        summary=Summary(dict(Counter(row.verdict for row in rows)), tally(rows).coverage),
        exit_code=0 if told and result.exit_code == 1 else result.exit_code,
    )


def shown(row: Row, withheld: Collection[str]) -> Row:
    """A row as the page may have it."""
    if row.id in withheld:
        return replace(row, verdict="SKIP", reason=REASON, packed_arrivals=nothing(), **BLANK)
    if row.verdict == "DEPENDENCY" and any(id_ in (row.reason or "") for id_ in withheld):
        return replace(row, reason="it requires a row that is not published", observed=None, evidence=None)
    # Where one payload ends the stream, all rows that share it quote that payload, and it may be a withheld
    # one's. Nothing in the row tells whose it is, so none is quoted.
    if row.section in SHARED and '"' in (row.reason or ""):
        unjudged = {"observed": None, "evidence": None} if row.verdict == "INCONCLUSIVE" else {}
        return replace(row, reason="it quotes a payload, which is not published", **unjudged)
    return row


def meant(id_: str, section: str, name: str) -> bool:
    """`INJ` and `SSE-INJ` are a section, `DATA-002` and `SSE-DATA-002` a row."""
    wanted = name.upper().removeprefix("SSE-")
    return wanted in (section.upper(), id_.upper().removeprefix("SSE-"))


def names(text: str) -> list[str]:
    """`INJ, DATA-002` → both."""
    return [name for name in (part.strip() for part in text.split(",")) if name]
