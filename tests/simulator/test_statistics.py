"""Figures of series whose figures are known."""

import numpy as np
import pytest

from simulator.rng import Floats
from simulator.statistics import autocorrelation, figures_of, spectrum

STEP, COUNT = 600.0, 144 * 40
T: Floats = np.arange(COUNT, dtype=np.float64) * STEP
WHITE = np.random.default_rng(3).standard_normal(COUNT)


def test_a_daily_wave_is_found_at_its_hour() -> None:
    found = figures_of(T, 5 + 3 * np.cos(2 * np.pi * (T / 3600 - 15) / 24) + 0.1 * WHITE, STEP)

    assert (found.mean, found.amplitude, found.peak) == pytest.approx((5, 3, 15), abs=0.05)


def test_white_noise_and_a_random_walk_have_their_slopes() -> None:
    white, walk = figures_of(T, WHITE, STEP), figures_of(T, np.cumsum(WHITE), STEP)

    assert (white.slope_lo, white.slope_hi) == pytest.approx((0, 0), abs=0.3)
    assert walk.slope_lo == pytest.approx(-2, abs=0.3)
    assert walk.kurtosis == pytest.approx(3, abs=0.4)
    assert abs(white.acf_1h) < 0.05


def test_a_spectrum_keeps_the_variance() -> None:
    f, power = spectrum(WHITE, STEP)

    assert float(np.trapezoid(power, f)) == pytest.approx(1, rel=0.1)


def test_correlation_of_a_wave_turns_over_in_half_a_period() -> None:
    assert autocorrelation(np.sin(2 * np.pi * T / 86400), [72, 144]) == pytest.approx([-1, 1], abs=0.05)
