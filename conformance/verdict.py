"""What a check may find about a row. Knows nothing of how it was found."""

from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = ["BAD", "JUDGED", "ORDER", "Judgement", "Unjudged", "Verdict", "graded"]


class Verdict(StrEnum):
    """The words of a report, in the order in which they are listed: what was judged, then what was not."""

    PASS = "PASS"  # noqa: S105 - met, with the minimum of evidence
    FAIL = "FAIL"  # a MUST not met, or a declared feature that is not there
    FLAKY = "FLAKY"  # changed between repeats
    STALE_WAIVER = "STALE-WAIVER"  # waived although it holds, or past its date
    WARN = "WARN"  # a SHOULD or PRACTICE not met
    WAIVED = "WAIVED"  # a known failure
    INFO = "INFO"  # an observation
    NOT_APPLICABLE = "N/A"  # the target has no such thing
    SKIP = "SKIP"  # the tester's own environment or choice
    DEPENDENCY = "DEPENDENCY"  # a row that this one requires has not passed
    INCONCLUSIVE = "INCONCLUSIVE"  # too little evidence, or the witness was lost


ORDER = tuple(Verdict)
JUDGED = ORDER[: ORDER.index(Verdict.NOT_APPLICABLE)]
BAD = frozenset({Verdict.FAIL, Verdict.FLAKY, Verdict.STALE_WAIVER})


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with what it rests on.

    `evidence` is the target's own bytes, to be escaped by whoever shows them; `cut` tells whether there were
    more in front of them, and behind. `arrivals` are (seconds since the request, number of bytes). A FAIL
    counts by the row's level, so a SHOULD becomes a WARN, unless `declared`: then the target breaks its own
    word. `other` is what a FLAKY row came to the next time.
    """

    verdict: Verdict
    reason: str = ""
    expected: str = ""
    observed: str = ""
    evidence: bytes = b""
    cut: tuple[bool, bool] = (False, False)
    reproduce: str = ""
    arrivals: tuple[tuple[float, int], ...] = ()
    declared: bool = False
    other: "Judgement | None" = None


class Unjudged(Exception):  # noqa: N818 - not an error: the outcome of a capture that cannot be judged
    """Raised by a capture or a check that cannot come to a verdict."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.judgement = Judgement(verdict, reason)


def graded(judgement: Judgement, level: str) -> Judgement:
    """`judgement` with the verdict that the row's level gives it."""
    if judgement.verdict is not Verdict.FAIL or judgement.declared or level == "MUST":
        return judgement
    return replace(judgement, verdict=Verdict.INFO if level == "MAY" else Verdict.WARN)
