"""The room's heat balance is stepped exactly."""

import numpy as np
import pytest

from simulator.models.two_mass import TwoMass

ONE = np.ones(1)


def room() -> TwoMass:
    return TwoMass(2e5 * ONE, 3e6 * ONE, 150 * ONE, 8 * ONE, 5 * ONE)


def test_many_short_steps_are_one_long_step() -> None:
    air, mass = 19 * ONE, 18 * ONE
    for _ in range(60):
        air, mass = room().step(air, mass, 2.0, 400 * ONE, 60.0)

    assert (air[0], mass[0]) == pytest.approx(
        [float(x[0]) for x in room().step(19 * ONE, 18 * ONE, 2.0, 400 * ONE, 3600.0)], abs=1e-9
    )


def test_it_settles_where_losses_equal_the_heat() -> None:
    air, mass = room().step(10 * ONE, 10 * ONE, 0.0, 260 * ONE, 1e8)

    assert 8 * air[0] + 5 * mass[0] == pytest.approx(260)


def test_without_heat_it_becomes_as_cold_as_outdoors() -> None:
    air, mass = room().step(20 * ONE, 20 * ONE, -3.0, 0 * ONE, 1e8)

    assert (air[0], mass[0]) == pytest.approx((-3, -3))
