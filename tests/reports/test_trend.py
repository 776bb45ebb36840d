"""Slopes on literal points."""

import pytest

from reports.trend import trend


def test_a_straight_line_is_found_and_sure() -> None:
    found = trend(range(20), [3 + 2 * x for x in range(20)])

    assert found is not None
    assert (found.slope, found.low, found.high, found.sure) == (2, 2, 2, True)
    assert found.at(100) == 203


def test_an_outlier_does_not_move_it() -> None:
    ys = [float(x) for x in range(21)]
    ys[10] = 1e6
    found = trend(range(21), ys)

    assert found is not None
    assert found.slope == pytest.approx(1)


def test_what_goes_up_and_down_is_no_drift() -> None:
    found = trend(range(20), [x % 2 for x in range(20)])

    assert found is not None
    assert not found.sure
    assert found.low <= 0 <= found.high


def test_three_points_say_nothing() -> None:
    assert trend([1, 2, 3], [1, 2, 3]) is None


def test_many_points_are_thinned() -> None:
    found = trend(range(10_000), [5 * x for x in range(10_000)])

    assert found is not None
    assert found.slope == 5


def test_one_x_comes_once() -> None:
    with pytest.raises(ValueError, match="one x comes twice"):
        trend([1, 1, 2, 3], [1, 2, 3, 4])
