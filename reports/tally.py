"""Verdicts counted: per verdict, per section, how much was judged, and what was not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.schemas import Conformance, Row, Verdict

__all__ = [
    "BAD",
    "DESELECTED",
    "ORDER",
    "Tally",
    "contradictions",
    "headline",
    "sections",
    "tally",
    "unjudged",
]

# The one order in which verdicts are ever listed: what was judged, then what was not.
JUDGED: tuple[Verdict, ...] = ("PASS", "FAIL", "FLAKY", "STALE-WAIVER", "WARN", "WAIVED", "INFO")
UNJUDGED: tuple[Verdict, ...] = ("N/A", "SKIP", "DEPENDENCY", "INCONCLUSIVE")
ORDER = JUDGED + UNJUDGED
DESELECTED = "deselected"  # how the reason begins of what the user left out
BAD: tuple[Verdict, ...] = ("FAIL", "FLAKY", "STALE-WAIVER")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows have which verdict; `due` are those that could have been judged."""

    counts: Mapping[Verdict, int]
    judged: int
    due: int

    @property
    def coverage(self) -> float:
        return self.judged / self.due if self.due else 0.0


def tally(rows: Iterable[Row]) -> Tally:
    """Coverage = judged / (all - N/A - deselected): what the user left out on purpose is no gap."""
    rows = list(rows)
    found = Counter(row.verdict for row in rows)
    counts = {verdict: found[verdict] for verdict in ORDER if found[verdict]}
    judged = sum(counts.get(verdict, 0) for verdict in JUDGED)
    left_out = sum(row.verdict == "N/A" or deselected(row) for row in rows)
    return Tally(counts, judged, len(rows) - left_out)


def deselected(row: Row) -> bool:
    return row.verdict == "SKIP" and (row.reason or "").startswith(DESELECTED)


def headline(counted: Tally) -> str:
    """`57 of 61 rows judged (93 %): 55 PASS, 1 FAIL, 1 WARN; 24 N/A; 4 SKIP`."""
    judged = ", ".join(
        f"{counted.counts[verdict]} {verdict}" for verdict in JUDGED if verdict in counted.counts
    )
    rest = [f"{counted.counts[verdict]} {verdict}" for verdict in UNJUDGED if verdict in counted.counts]
    # Rounded down: 99.6 % is not all of it.
    percent = 100 * counted.judged // counted.due if counted.due else 0
    return "; ".join(
        [f"{counted.judged} of {counted.due} rows judged ({percent} %): {judged or 'none'}", *rest]
    )


def sections(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by section, both in the order of the file."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.section, []).append(row)
    return found


def unjudged(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """What was not judged: (verdict, reason) → rows, in the order of verdicts."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(
        (row for row in rows if row.verdict in UNJUDGED), key=lambda row: ORDER.index(row.verdict)
    ):
        found.setdefault((row.verdict, row.reason or "no reason given"), []).append(row)
    return found


def contradictions(result: Conformance) -> list[str]:
    """Where the file's own summary or exit code disagrees with its rows."""
    counted = tally(result.rows).counts
    claimed = result.summary.counts
    found = [
        f"the summary counts {claimed.get(verdict, 0)} {verdict}, the rows hold {counted.get(verdict, 0)}"
        for verdict in ORDER
        if claimed.get(verdict, 0) != counted.get(verdict, 0)
    ]
    bad = [f"{counted[verdict]} {verdict}" for verdict in BAD if verdict in counted]
    if result.exit_code == 0 and bad:
        found.append(f"exit code 0 stands beside {', '.join(bad)}")
    return found
