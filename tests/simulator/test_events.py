"""Events of a day: Poisson, and the same whoever else is asked about."""

import numpy as np
import pytest

from simulator.events import events_of_day
from simulator.rng import Keys

KEY = Keys(3, [f"d{n}" for n in range(400)]).stream("e")


@pytest.mark.parametrize("mean", [0.05, 2.0, 60.0])
def test_counts_are_poisson(mean: float) -> None:
    counts = np.stack([np.bincount(events_of_day(KEY, day, mean).device, minlength=400) for day in range(50)])

    assert counts.mean() == pytest.approx(mean, rel=0.1)
    assert counts.var() == pytest.approx(mean, rel=0.1)


def test_times_spread_over_the_day() -> None:
    times = np.concatenate([events_of_day(KEY, day, 3.0).time for day in range(20)])

    assert 0 <= times.min() < times.max() < 1
    assert times.mean() == pytest.approx(0.5, abs=0.01)


def test_a_device_has_the_same_events_alone() -> None:
    all_of_them = events_of_day(KEY, 20_000, 2.0)
    alone = events_of_day(KEY[17:18], 20_000, 2.0)

    assert alone.time.tolist() == all_of_them.time[all_of_them.device == 17].tolist()


def test_no_rate_no_events() -> None:
    assert len(events_of_day(KEY, 1, 0.0).time) == 0
