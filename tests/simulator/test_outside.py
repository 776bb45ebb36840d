"""Vehicles, batteries, fine dust and soil."""

import numpy as np
import pytest

from simulator.models.air_quality import AirQuality
from simulator.models.battery import Battery
from simulator.models.soil import Soil
from simulator.models.vehicle import METRES_PER_DEGREE, Vehicle
from simulator.process import Process

from .places import BERLIN, MONDAY, Faulty, days, made

NOON = MONDAY * 86400 + 11 * 3600


def test_speed_is_that_of_the_way() -> None:
    model = made(Vehicle, 6)
    assert isinstance(model, Vehicle)
    motions = [model.motion(BERLIN.at(NOON + second)) for second in range(1800)]
    east, north = (np.stack([each[axis] for each in motions]) for axis in (0, 1))
    speed = np.stack([each.speed for each in motions])
    moved = np.hypot(np.diff(east, axis=0), np.diff(north, axis=0))

    assert moved == pytest.approx((speed[1:] + speed[:-1]) / 2, abs=0.7)
    assert np.abs(np.diff(speed, axis=0)).max() < 1.3  # m/s2
    assert speed.max() > 8


def test_a_receiver_errs_by_metres() -> None:
    model = made(Vehicle, 40)
    assert isinstance(model, Vehicle)
    now = BERLIN.at(NOON)
    north = (model.read((), now)["lat"] - now.lat) * METRES_PER_DEGREE - model.motion(now).north

    assert north.std() == pytest.approx(3.04, rel=0.35)


def test_nights_are_spent_at_the_depot() -> None:
    read = days(made(Vehicle, 10))

    assert read["moving"][:, : 4 * 60].max() == 0
    assert read["moving"][:, 9 * 60 : 14 * 60].mean() > 0.15
    assert np.abs(read["lat"][:, : 4 * 60] - 52.52).max() * METRES_PER_DEGREE < 16


def test_a_cell_empties_and_is_replaced() -> None:
    model = made(Battery, 12, reports_per_h=60.0)
    charge = np.stack(
        [Process(model, BERLIN, 60).begin_day(MONDAY + day)["charge"] for day in range(0, 900, 3)]
    )
    steps = np.diff(charge, axis=0)

    assert (steps > 40).any(axis=0).all()
    assert ((steps < 20) | (steps > 40)).all()
    assert charge.min() < 30


def test_cold_costs_voltage() -> None:
    cold, warm = (Process(made(Battery, 12), BERLIN, 60).begin_day(day) for day in (MONDAY, MONDAY + 133))

    assert cold["t_cell"][0] < warm["t_cell"][0]
    assert np.median(cold["voltage"]) < np.median(warm["voltage"])


def test_a_city_breathes_the_same_air() -> None:
    pm25 = np.stack(
        [days(made(AirQuality, 12), first=MONDAY + 7 * week, dt=600)["pm25"] for week in range(8)]
    )
    series = pm25.transpose(1, 0, 2).reshape(12, -1)
    alike = np.asarray(np.corrcoef(series))[np.triu_indices(12, 1)]

    assert np.median(alike) > 0.6
    assert np.median(series) == pytest.approx(9.5, rel=0.5)


def test_soil_dries_and_is_watered() -> None:
    model, watered = made(Soil, 6), made(Soil, 6)
    watered.upsets = Faulty("irrigation", NOON, NOON + 3600)
    dry, wet = (days(each, first=MONDAY, dt=600)["moisture"] for each in (model, watered))
    last = slice(-12, None)

    assert (wet[:, last].mean(axis=1) - dry[:, last].mean(axis=1)).min() > 0.02
    assert np.array_equal(wet[:, :60], dry[:, :60])
