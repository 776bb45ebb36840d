"""Schedules: even, complete, and disjoint between publishers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._schedule import Schedule

SECOND = 10**9
BEGIN = 1_700_000_000 * SECOND
RATES = st.floats(0.1, 300)


@given(RATES)
def test_probes_are_evenly_spaced(rate: float) -> None:
    schedule = Schedule(BEGIN, BEGIN + 60 * SECOND, rate)

    steps = [after - before for before, after in pairwise(schedule.intended_ns(seq) for seq in range(50))]

    assert max(steps) - min(steps) <= 1
    assert steps[0] == pytest.approx(SECOND / rate, abs=1, rel=1e-5)


@given(RATES, st.integers(1, 5))
def test_several_publishers_together_are_one(rate: float, of: int) -> None:
    end = BEGIN + 2 * SECOND
    alone = Schedule(BEGIN, end, rate)

    parts = [Schedule(BEGIN, end, rate, index, of) for index in range(of)]

    together = sorted(part.intended_ns(seq) for part in parts for seq in part.seqs(BEGIN, end))
    assert together == [alone.intended_ns(seq) for seq in alone.seqs(BEGIN, end)]


@given(RATES, st.integers(-SECOND, 4 * SECOND), st.integers(0, 4 * SECOND))
def test_the_probes_of_a_window_are_those_due_in_it(rate: float, start: int, length: int) -> None:
    schedule = Schedule(BEGIN, BEGIN + 3 * SECOND, rate)
    begin, end = BEGIN + start, BEGIN + start + length

    found = schedule.seqs(begin, end)

    until = min(end, schedule.end_ns)
    assert all(begin <= schedule.intended_ns(seq) < until for seq in found)
    assert schedule.intended_ns(found.stop) >= until
    assert not found or found.start == 0 or schedule.intended_ns(found.start - 1) < begin


def test_seconds_share_out_every_probe() -> None:
    schedule = Schedule(BEGIN, BEGIN + 10 * SECOND, 3)

    found = [len(schedule.seqs(BEGIN + n * SECOND, BEGIN + (n + 1) * SECOND)) for n in range(11)]

    assert found == [3] * 10 + [0]


@pytest.mark.parametrize(
    ("rate", "index", "of"), [(0, 0, 1), (-1, 0, 1), (float("nan"), 0, 1), (1, 1, 1), (1, -1, 2)]
)
def test_nonsense_is_refused(rate: float, index: int, of: int) -> None:
    with pytest.raises(ValueError, match=r"rate|index"):
        Schedule(BEGIN, BEGIN + SECOND, rate, index, of)
