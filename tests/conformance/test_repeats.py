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


@pytest.mark.parametrize(
    ("then", "verdict"),
    {
        "in time when left alone": ([PASS, PASS], Verdict.PASS),
        "late, and in time": ([FAIL, PASS], Verdict.FLAKY),
        "in time, and late": ([PASS, FAIL], Verdict.FLAKY),
        "late each time": ([FAIL, FAIL], Verdict.FAIL),
        "what says nothing confirms nothing": ([PASS, UNKNOWN], Verdict.FLAKY),
    }.values(),
)
def test_who_was_late_in_a_crowd_is_asked_again(then: list[Judgement], verdict: Verdict) -> None:
    rest: Iterator[Judgement] = iter(then)

    assert steady(FAIL, lambda: next(rest), tentative=True).verdict == verdict


def test_too_little_to_judge_by_in_a_crowd_is_looked_for_again() -> None:
    rest = iter([FAIL, PASS, PASS])

    assert steady(UNKNOWN, lambda: PASS, tentative=True) is PASS
    assert steady(UNKNOWN, lambda: UNKNOWN, tentative=True) is UNKNOWN
    assert steady(UNKNOWN, lambda: next(rest), tentative=True) is PASS


def test_both_are_kept() -> None:
    found = steady(FAIL, lambda: PASS)

    assert (found.evidence, found.other) == (b"a", PASS)
    assert found.observed == "first: late; then: in time"
    assert found.reason == "FAIL, and PASS when it was tried again (repeat 1 of at most 2)"
