"""Verdicts counted: coverage, the headline, the exit code. Takes verdicts and reasons, nothing else."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conformance.verdict import BAD, JUDGED, ORDER, Judgement, Verdict

__all__ = ["DESELECTED", "Score", "score"]

DESELECTED = "deselected"
ENOUGH = 0.5  # of the rows that could have been judged
GOOD, JUDGED_BAD, COULD_NOT_JUDGE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Score:
    """How many rows have which verdict. `due` are those that could have been judged."""

    counts: dict[Verdict, int]
    due: int

    @property
    def judged(self) -> int:
        """Rows with a verdict about the target."""
        return sum(self.counts.get(verdict, 0) for verdict in JUDGED)

    @property
    def coverage(self) -> float:
        """Judged rows as a share of those that could have been, 0 to 1."""
        return self.judged / self.due if self.due else 0.0

    @property
    def headline(self) -> str:
        """`57 of 61 rows judged (93 %): 55 PASS, 1 FAIL, 1 WARN; 24 N/A; 4 SKIP`."""
        shares = [f"{count} {verdict}" for verdict, count in self.counts.items() if verdict in JUDGED]
        rest = [f"{count} {verdict}" for verdict, count in self.counts.items() if verdict not in JUDGED]
        percent = 100 * self.judged // self.due if self.due else 0  # rounded down: 99.6 % is not all of it
        judged = f"{self.judged} of {self.due} rows judged ({percent} %): {', '.join(shares) or 'none'}"
        return "; ".join([judged, *rest])

    def exit_code(self, *, strict: bool) -> int:
        """0 good, 1 judged and bad, which wins over 3: nothing judged, or less than half."""
        bad = BAD | {Verdict.WARN} if strict else BAD
        if any(verdict in bad for verdict in self.counts):
            return JUDGED_BAD
        return GOOD if self.judged and self.coverage >= ENOUGH else COULD_NOT_JUDGE


def score(judgements: Iterable[Judgement]) -> Score:
    """Coverage leaves out what the target does not have, and what the user chose to leave out."""
    found = list(judgements)
    counted = Counter(one.verdict for one in found)
    left_out = sum(one.verdict is Verdict.NOT_APPLICABLE or _deselected(one) for one in found)
    return Score({verdict: counted[verdict] for verdict in ORDER if counted[verdict]}, len(found) - left_out)


def _deselected(one: Judgement) -> bool:
    return one.verdict is Verdict.SKIP and one.reason == DESELECTED
