"""Slopes: of lines that are known, with outliers and with noise."""

from random import Random

import pytest

from loadtests._drift import slope


def test_a_line_has_its_slope_and_no_error() -> None:
    found = slope([0, 1, 2, 3, 4], [5, 7, 9, 11, 13])

    assert found == (2, 2, 2)


def test_an_outlier_moves_nothing() -> None:
    ys = [float(x) for x in range(20)]
    ys[7] = 1e6

    found = slope(range(20), ys)

    assert found is not None
    assert found.value == pytest.approx(1, abs=0.01)
    assert found.low <= 1 <= found.high


@pytest.mark.parametrize(("true", "sure"), [(0.0, False), (0.5, True), (-0.5, True)])
def test_the_interval_says_whether_it_is_sure(true: float, sure: bool) -> None:
    random = Random(3)
    xs = range(120)
    ys = [true * x + random.gauss(0, 5) for x in xs]

    found = slope(xs, ys)

    assert found is not None
    assert found.low < found.value < found.high
    assert (found.low > 0 or found.high < 0) is sure
    assert found.low <= true <= found.high


def test_few_points_say_nothing() -> None:
    assert slope([0, 1, 2], [0, 1, 2]) is None
