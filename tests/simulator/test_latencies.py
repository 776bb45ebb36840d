"""Delays, counted."""

import numpy as np
import pytest

from simulator.latencies import Latencies


def test_quantiles_are_within_two_per_cent() -> None:
    latencies = Latencies()
    latencies.add(np.arange(1, 1001) / 1000)

    assert latencies.count == 1000
    for share in (0.5, 0.95, 0.99, 1.0):
        assert latencies.quantile(share) == pytest.approx(share, rel=0.021)


def test_what_is_no_delay_is_not_counted_and_early_is_not_late() -> None:
    latencies = Latencies()
    latencies.add(np.array([np.nan, np.nan]))
    empty = latencies.quantile(0.5)
    latencies.add(np.array([-3.0, 0.0, 1e9]))

    assert (empty, latencies.count) == (0.0, 3)
    assert latencies.quantile(0.5) == pytest.approx(1e-6, rel=0.03)
    assert latencies.quantile(1.0) == pytest.approx(1e6, rel=0.03)
