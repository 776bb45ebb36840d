"""Schedules: shares of a timetable, complete, and disjoint between sources."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtests._schedule import Schedule
from loadtests._timetable import Even, poisson

SECOND = 10**9
BEGIN = 1_700_000_000 * SECOND
RATES = st.floats(0.1, 300)


@settings(deadline=None)
@given(RATES, st.integers(1, 5))
def test_several_sources_together_are_one(rate: float, of: int) -> None:
    timetable = Even(BEGIN, BEGIN + 2 * SECOND, rate)

    parts = [Schedule(timetable, index, of) for index in range(of)]

    together = sorted(part.intended_ns(seq) for part in parts for seq in range(len(part)))
    assert together == list(timetable)


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(-SECOND, 4 * SECOND), st.integers(0, 4 * SECOND))
def test_the_probes_of_a_window_are_those_due_in_it(of: int, start: int, length: int) -> None:
    schedule = Schedule(poisson(BEGIN, BEGIN + 3 * SECOND, 30, 7), of - 1, of)
    begin, end = BEGIN + start, BEGIN + start + length

    found = schedule.seqs(begin, end)

    due = [schedule.intended_ns(seq) for seq in range(len(schedule))]
    assert list(found) == [seq for seq, ns in enumerate(due) if begin <= ns < end]


def test_seconds_share_out_every_probe() -> None:
    schedule = Schedule(Even(BEGIN, BEGIN + 10 * SECOND, 3))

    found = [len(schedule.seqs(BEGIN + n * SECOND, BEGIN + (n + 1) * SECOND)) for n in range(11)]

    assert found == [3] * 10 + [0]


def test_past_the_end_the_first_one_would_be_the_next_number() -> None:
    schedule = Schedule(Even(BEGIN, BEGIN + SECOND, 7), 1, 3)

    assert (len(schedule), schedule.first_from(BEGIN + 9 * SECOND)) == (2, 2)


@pytest.mark.parametrize(("index", "of"), [(1, 1), (-1, 2)])
def test_nonsense_is_refused(index: int, of: int) -> None:
    with pytest.raises(ValueError, match="index"):
        Schedule([], index, of)
