"""The virtual OU tree: the exact law, wherever and however it is read."""

import math

import numpy as np
import pytest

from simulator.ou import Path, VirtualOU, mixture
from simulator.rng import Keys

MANY = Keys(7, [f"d{n}" for n in range(300)])
HOUR = VirtualOU(MANY.stream("x"), tau=3600.0, dt=60.0)


def test_vectors_are_pinned() -> None:
    path = VirtualOU(Keys(42, ["room-101"]).stream("x"), tau=3600.0, dt=60.0)
    steps = np.array([0, 1, 29_000_000, 29_000_001])

    assert path.at(steps)[0] == pytest.approx(
        [-1.2780468414925505, -0.9407112998920759, -0.30627854083545525, -0.2937600513867311], abs=1e-7
    )


def test_random_access_is_streaming_bit_for_bit() -> None:
    steps = np.arange(28_999_000, 29_001_200)
    streamed = HOUR.at(steps)
    order = np.random.default_rng(1).permutation(len(steps))[:200]

    assert all(np.array_equal(HOUR.at(steps[i : i + 1])[:, 0], streamed[:, i]) for i in order)
    assert np.array_equal(HOUR.at(steps[order]), streamed[:, order])


def test_the_law_is_exact() -> None:
    path = HOUR.at(np.arange(0, 6000))
    variance = float(path.var())
    lags = (1, 10, 60, 120)
    correlations = [float((path[:, :-lag] * path[:, lag:]).mean()) / variance for lag in lags]

    assert abs(float(path.mean())) < 0.03
    assert variance == pytest.approx(1, abs=0.04)
    assert correlations == pytest.approx([math.exp(-lag / 60) for lag in lags], abs=0.03)


def test_every_step_has_the_same_increments() -> None:
    squares = (np.diff(HOUR.at(np.arange(0, 2049)), axis=1) ** 2).mean(axis=0)
    expected = 2 * (1 - math.exp(-1 / 60))

    assert squares.mean() == pytest.approx(expected, rel=0.02)
    assert squares[511::512].mean() == pytest.approx(expected, rel=0.25)  # across the tree's coarse nodes


def test_a_mixture_has_unit_variance() -> None:
    path = mixture(MANY, "m", [(0.3, 300.0), (0.7, 7200.0)], 60, np.arange(0, 6000, 7))

    assert float(path.var()) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("stride", [1, 3, 700, -1, -900])
def test_a_path_is_what_single_steps_are_bit_for_bit(stride: int) -> None:
    steps = 29_000_000 + stride * np.arange(40)
    path = Path(MANY.stream("x"), 3600.0, 60.0)

    assert np.array_equal(np.stack([path.at(60.0 * int(step)) for step in steps], axis=1), HOUR.at(steps))


def test_a_path_goes_straight_from_step_to_step() -> None:
    path, moment = Path(MANY.stream("x"), 3600.0, 60.0), 1_740_000_000.0
    ends = HOUR.at(np.array([29_000_000, 29_000_001]))

    assert np.array_equal(path.at(moment), ends[:, 0])
    assert path.at(moment + 15) == pytest.approx(0.75 * ends[:, 0] + 0.25 * ends[:, 1])
    assert np.array_equal(path.at(moment), ends[:, 0])  # and back
