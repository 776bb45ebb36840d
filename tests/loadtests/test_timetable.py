"""Timetables: even, in bursts, at random, one after the other; always sorted, and found by bisection."""

from bisect import bisect_left
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtests._timetable import Bursts, Even, Joined, Listed, poisson

SECOND = 10**9
BEGIN = 1_700_000_000 * SECOND
RATES = st.floats(0.1, 300)


@settings(deadline=None)
@given(RATES)
def test_probes_are_evenly_spaced(rate: float) -> None:
    timetable = Even(BEGIN, BEGIN + 60 * SECOND, rate)

    steps = [after - before for before, after in pairwise(timetable[:50])]

    assert max(steps) - min(steps) <= 1
    assert steps[0] == pytest.approx(SECOND / rate, abs=1, rel=1e-5)
    assert timetable[0] == BEGIN
    last = timetable[len(timetable) - 1]
    assert last < BEGIN + 60 * SECOND <= last + max(steps)


def test_a_burst_is_due_at_one_instant() -> None:
    found = list(Bursts(BEGIN, BEGIN + 10 * SECOND, 3, 5))

    assert found == [BEGIN] * 3 + [BEGIN + 5 * SECOND] * 3


def test_chance_is_the_same_for_the_same_seed() -> None:
    first, again, other = (list(poisson(BEGIN, BEGIN + 100 * SECOND, 20, seed)) for seed in (1, 1, 2))

    assert first == again == sorted(first)
    assert first != other
    assert 1_700 < len(first) < 2_300
    assert first[0] >= BEGIN
    assert first[-1] < BEGIN + 100 * SECOND


def test_one_after_the_other_is_one() -> None:
    joined = Joined([Even(BEGIN, BEGIN + SECOND, 2), Listed([]), Even(BEGIN + SECOND, BEGIN + 2 * SECOND, 4)])

    halves, quarters = [0, 500], [1000, 1250, 1500, 1750]
    assert [(ns - BEGIN) // 1_000_000 for ns in joined] == halves + quarters
    assert bisect_left(joined, BEGIN + SECOND) == 2
    assert [(ns - BEGIN) // 1_000_000 for ns in joined[1:4]] == [500, 1000, 1250]


@pytest.mark.parametrize("number", [-1, 2])
def test_what_is_not_due_has_no_instant(number: int) -> None:
    with pytest.raises(IndexError):
        Even(BEGIN, BEGIN + SECOND, 2)[number]


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_is_above_nothing(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        Even(BEGIN, BEGIN + SECOND, rate)
    with pytest.raises(ValueError, match="rate"):
        poisson(BEGIN, BEGIN + SECOND, rate, 1)
