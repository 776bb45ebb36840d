"""A failure that does not repeat is FLAKY, with both sides of it; one that does stays a failure."""

from collections.abc import Iterator

import pytest

from conformance.repeats import REPEATS, steady
from conformance.verdict import Judgement, Verdict

FAIL = Judgement(Verdict.FAIL, observed="late", evidence=b"a", expected="in time")
PASS = Judgement(Verdict.PASS, observed="in time", evidence=b"b")
UNKNOWN = Judgement(Verdict.INCONCLUSIVE, reason="the witness was lost")


@pytest.mark.parametrize(
    ("first", "then", "asked", "verdict"),
    {
        "a pass is believed": (PASS, [], 0, Verdict.PASS),
        "a failure is asked twice": (FAIL, [FAIL, FAIL], 2, Verdict.FAIL),
        "a failure that passes": (FAIL, [PASS], 1, Verdict.FLAKY),
        "a failure that passes later": (FAIL, [FAIL, PASS], 2, Verdict.FLAKY),
        "what says nothing acquits nobody": (FAIL, [UNKNOWN, UNKNOWN], 2, Verdict.FAIL),
        "too little evidence is no failure": (UNKNOWN, [], 0, Verdict.INCONCLUSIVE),
    }.values(),
)
def test_verdicts(first: Judgement, then: list[Judgement], asked: int, verdict: Verdict) -> None:
    rest: Iterator[Judgement] = iter(then)
    calls = 0

    def again() -> Judgement:
        nonlocal calls
        calls += 1
        return next(rest)

    found = steady(first, again)

    assert (found.verdict, calls) == (verdict, asked)
    assert calls <= REPEATS


def test_both_are_kept() -> None:
    found = steady(FAIL, lambda: PASS)

    assert (found.evidence, found.other) == (b"a", PASS)
    assert found.observed == "first: late; then: in time"
    assert found.reason == "FAIL, and PASS when it was tried again (repeat 1 of at most 2)"
