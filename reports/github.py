"""Results for a GitHub job: a step summary in Markdown, and annotations of what is binding and not met. Pure.

GitHub throws a summary of more than 1 MiB away as a whole, and shows ten annotations of a kind per step.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from reports.gate import Judgement, one_line
from reports.load_schema import Load
from reports.outcome import Outcome, of_conformance, of_fleet, of_load
from reports.schemas import Conformance, Fleet, Result, Row
from reports.tally import BAD, headline, tally, unjudged

__all__ = ["MOST_BYTES", "annotations", "summary"]

MOST_BYTES = 1024 * 1024
MOST_ANNOTATIONS = 10
LONGEST_CELL = 300  # characters
CUT = "\n\n… cut: a step summary may hold 1 MiB\n"
MARKS = {"PASS": "✅", "FAIL": "❌", "INFO": "ℹ️"}
MET = {True: "❌", False: "✅", None: "⚠️"}  # to meet a condition is to fail
MARKDOWN = re.compile(r"([\\`*_\[\]|~])")


def summary(results: Sequence[Result], room: int = MOST_BYTES, judgements: Sequence[Judgement] = ()) -> str:
    """What became of the conditions, and all results, one under the other, in at most `room` bytes."""
    blocks = [*([_conditions(judgements)] if judgements else []), *map(_told, results)]
    text = "\n".join("\n".join(block) for block in blocks) + "\n"
    if len(text.encode()) <= room:
        return text
    kept = text.encode()[: max(0, room - len(CUT.encode()))].decode("utf-8", "ignore")
    return kept.rpartition("\n")[0] + CUT if len(kept) else ""


def annotations(results: Sequence[Result]) -> list[str]:
    """Workflow commands for the first binding requirements that are not met."""
    rows = [row for result in results if isinstance(result, Conformance) for row in result.rows]
    bad = [row for row in rows if row.verdict in BAD and row.level == "MUST"]
    return [_annotation(row) for row in bad[:MOST_ANNOTATIONS]]


def _conditions(judgements: Sequence[Judgement]) -> Iterator[str]:
    yield "## Conditions\n"
    yield from (f"- {MET[each.met]} {_plain(one_line(each))}" for each in judgements)
    yield ""


def _told(result: Result) -> Iterator[str]:
    match result:
        case Conformance():
            name = result.target.get("name") or result.target.get("url") or "unnamed target"
            yield from _head(f"SSE conformance of {_plain(str(name))}", of_conformance(result))
            yield from _rows(result)
        case Load():
            name = f"{result.run.scenario} against {result.run.target}"
            yield from _head(f"Load: {_plain(name)}", of_load(result))
        case Fleet():
            yield from _head(f"Delivery to {_plain(result.url)}", of_fleet(result))


def _head(title: str, outcome: Outcome) -> Iterator[str]:
    yield f"## {MARKS.get(outcome.verdict, '⚠️')} {title}"
    yield f"\n{_plain(outcome.sentence)}\n"


def _rows(result: Conformance) -> Iterator[str]:
    yield f"{_plain(headline(tally(result.rows)))}\n"
    found = [row for row in result.rows if row.verdict in (*BAD, "WARN")]
    if found:
        yield "| verdict | requirement | expected | observed |\n|---|---|---|---|"
        yield from (
            f"| {row.verdict} | {_link(row)} {_plain(row.title)} | {_plain(row.expected)} "
            f"| {_plain(row.observed or row.reason)} |"
            for row in found
        )
        yield ""
    for (verdict, reason), rows in unjudged(result.rows).items():
        yield f"- {verdict}, {_plain(reason)}: {', '.join(row.id for row in rows)}"


def _link(row: Row) -> str:
    url = row.url or ""
    return f"[{_plain(row.id)}]({url})" if re.fullmatch(r"https://[^\s()<>]+", url) else _plain(row.id)


def _plain(text: str | None) -> str:
    """Text of a result as Markdown that shows just that, in one line."""
    shown = "".join(one if one.isprintable() else " " for one in (text or "")[:LONGEST_CELL])
    return escape(MARKDOWN.sub(r"\\\1", shown), quote=False) + "…" * (len(text or "") > LONGEST_CELL)


def _annotation(row: Row) -> str:
    told = f"expected {row.expected}; {row.observed}" if row.expected else row.reason or ""
    return f"::error title={_escaped(f'{row.id} {row.title}', ':,')}::{_escaped(told)}"


def _escaped(text: str, more: str = "") -> str:
    """As a workflow command wants it: % and line ends always, `more` in a property."""
    for one in f"%\r\n{more}":
        text = text.replace(one, f"%{ord(one):02X}")
    return "".join(one if one.isprintable() else " " for one in text)
