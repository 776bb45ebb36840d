"""Simulated time against the wall clock."""

import numpy as np
import pytest

from simulator.clock import Clock


def test_it_runs_at_its_speed() -> None:
    clock = Clock(1_000_000, speed=60, now=10.0)

    assert clock.tick(10.5) == 1_030_000
    assert clock.tick(10.5) == 1_030_000
    assert clock.slipped == 0


def test_a_long_pause_slips() -> None:
    clock = Clock(0, speed=2, now=0.0)

    assert clock.tick(11.0) == 2000
    assert clock.slipped == pytest.approx(20)
    assert clock.tick(11.5) == 3000


def test_nothing_slips_while_it_catches_up() -> None:
    clock = Clock(0, speed=2, now=0.0)

    assert clock.tick(11.0, slip=False) == 22_000
    assert clock.slipped == 0


def test_it_knows_how_long_to_wait() -> None:
    clock = Clock(0, speed=60, now=0.0)
    clock.tick(1.0)

    assert clock.until(90_000) == pytest.approx(0.5)


def test_a_tick_that_is_overdue_is_lost_already() -> None:
    clock = Clock(0, speed=2, now=0.0)
    clock.tick(11.0)

    assert clock.lost(11.5) == pytest.approx(20)
    assert clock.lost(15.0) == pytest.approx(20 + 2 * 3)


def test_it_knows_when_a_moment_is_due() -> None:
    clock = Clock(1_000_000, speed=60, now=10.0)
    clock.tick(10.5)

    assert clock.when(np.array([1_000_000, 1_060_000])).tolist() == pytest.approx([10.0, 11.0])
