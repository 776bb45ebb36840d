"""Ratios and their noise, on literal runs."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.ratios import chance, compared, ratio

RUNS = st.lists(st.floats(0.1, 1e6), min_size=1, max_size=6)


@pytest.mark.parametrize(("value", "base", "found"), [(3, 2, 1.5), (0, 0, 1), (5, 0, inf), (0, 5, 0)])
def test_a_ratio_of_nothing_is_told_apart(value: float, base: float, found: float) -> None:
    assert ratio(value, base) == found


def test_three_runs_beyond_all_others_lie_apart() -> None:
    assert compared([12, 13, 14], [9, 10, 11]) == (1.3, 12 / 11, 14 / 9, True)
    assert compared([7, 8, 9], [10, 11, 12]).apart
    assert compared([9, 13, 14], [9, 10, 11]).apart is False


def test_of_less_than_three_runs_nothing_is_claimed() -> None:
    assert compared([100], [1]).apart is None
    assert compared([100, 101], [1, 2]).apart is None


@given(RUNS, RUNS)
def test_the_ratio_of_medians_lies_between_those_of_single_runs(one: list[float], other: list[float]) -> None:
    found = compared(one, other)

    assert found.low <= found.value * (1 + 1e-12)
    assert found.value <= found.high * (1 + 1e-12)


def test_chance_is_the_exact_test_of_ranks() -> None:
    assert [chance(3, 3), chance(5, 5), chance(4, 3)] == [10, 126, 17]
