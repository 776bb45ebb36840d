"""Fairness: literal shares."""

import pytest

from loadtests._fairness import fairness
from loadtests._tally import Share


def test_all_alike_is_fair() -> None:
    found = fairness([Share(order, 10, 1000) for order in range(4)])

    assert found == {"jain": 1.0, "mean_p10_us": 100, "mean_p90_us": 100, "order_corr": None}


def test_whoever_came_last_is_served_last() -> None:
    found = fairness([Share(order, 10, 1000 * (order + 1)) for order in range(4)])

    assert found["order_corr"] == pytest.approx(1)
    assert found["jain"] == pytest.approx(1000**2 / (4 * 300_000), abs=1e-4)
    assert (found["mean_p10_us"], found["mean_p90_us"]) == (100, 400)


def test_without_subscribers_nothing_is_claimed() -> None:
    assert set(fairness([]).values()) == {None}
