"""Pulses: their rate, their hours, their heights, and no seam at midnight."""

import numpy as np
import pytest

from simulator.pulses import Pulse, Pulses
from simulator.rng import Keys

KEYS = Keys(5, [f"d{n}" for n in range(300)])
DAY = 20_000
EVENING = Pulse(4.0, 600.0, 1.5, 2.0, 0.25, (0.0,) * 18 + (1.0,) * 6)


def test_pulses_begin_in_their_hours_at_their_rate() -> None:
    drawn = Pulses(KEYS, {"x": EVENING}).of_day(DAY)

    assert len(drawn.device) / 300 == pytest.approx(4, rel=0.1)
    assert drawn.start.min() >= 18 * 3600
    assert np.median(drawn.end - drawn.start) == pytest.approx(600, rel=0.1)
    assert 1.5 <= drawn.height.min() <= drawn.height.max() <= 2.5


def test_the_height_is_the_sum_of_what_is_on() -> None:
    pulses = Pulses(KEYS, {"x": EVENING})
    drawn, second = pulses.of_day(DAY), 20 * 3600.0
    on = (drawn.start <= second) & (second < drawn.end) & (drawn.device == drawn.device[0])

    assert pulses.at(DAY, second)[drawn.device[0]] == pytest.approx(drawn.height[on].sum())


def test_a_pulse_lasts_beyond_midnight() -> None:
    late = Pulses(KEYS, {"x": Pulse(3.0, 7200.0, 1.1, 1.0, 0.0, (0.0,) * 23 + (1.0,))})

    assert late.at(DAY + 1, 1.0) == pytest.approx(late.at(DAY, 86_399.0), abs=1.0)
    assert late.at(DAY + 1, 1.0).sum() > 500


def test_the_mean_is_that_of_its_seconds() -> None:
    pulses = Pulses(KEYS, {"x": EVENING})
    seconds = np.mean([pulses.at(DAY, 70_000.0 + second) for second in range(120)], axis=0)

    assert pulses.mean(DAY, 70_000.0, 120.0) == pytest.approx(seconds, abs=0.06)


def test_a_device_has_the_same_pulses_alone() -> None:
    many, alone = (Pulses(keys, {"x": EVENING}).at(DAY, 72_000.0) for keys in (KEYS, Keys(5, ["d7"])))

    assert alone[0] == many[7]
