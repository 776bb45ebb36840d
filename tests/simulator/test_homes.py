"""Electricity, water and freezers: sums that fit, registers that never run back, and failures."""

import numpy as np
import pytest

from simulator.models.freezer import Freezer
from simulator.models.household import Household
from simulator.models.water_meter import WaterMeter

from .places import MONDAY, Faulty, days, made

NOON = MONDAY * 86400 + 11 * 3600


def test_houses_of_a_site_share_the_frequency() -> None:
    frequency = days(made(Household, 5), dt=300)["frequency"]

    assert (frequency == frequency[0]).all()
    assert frequency[0].std() == pytest.approx(0.02, abs=0.012)


def test_load_pulls_the_voltage_down() -> None:
    read = days(made(Household, 30))
    correlation = [np.corrcoef(p, v)[0, 1] for p, v in zip(read["power"], read["voltage"], strict=True)]

    assert -0.85 < np.median(correlation) < -0.2
    assert read["current"] == pytest.approx(1000 * read["power"] / read["voltage"] / 0.97)


def test_a_register_counts_what_flows() -> None:
    read = days(made(WaterMeter, 20), 2)
    counted = np.diff(read["register"], axis=1)

    assert counted.min() >= 0
    assert counted.sum(axis=1) == pytest.approx(read["flow"][:, :-1].sum(axis=1), rel=0.35)
    assert counted.sum(axis=1).mean() / 2 == pytest.approx(290, rel=0.3)


def test_a_register_has_no_seam_between_days() -> None:
    read = days(made(WaterMeter, 20, night_litres_per_h=0.0), 3, dt=600)
    seams = np.diff(read["register"], axis=1)

    assert seams.min() > -1e-6
    assert seams.max() < 400


def test_a_leak_runs_all_night() -> None:
    model = made(WaterMeter, 5)
    model.upsets = Faulty("leak", NOON, NOON + 12 * 3600)

    assert days(model)["flow"][:, 22 * 60 : 22 * 60 + 30].min() >= 1.5


def test_a_freezer_keeps_its_goods_cold() -> None:
    read = days(made(Freezer, 20))

    assert read["t_goods"].max() < -15
    assert read["t_goods"].std(axis=1).max() < 1
    assert read["t_air"].std(axis=1).mean() > read["t_goods"].std(axis=1).mean()
    assert 0.2 < read["compressor"].mean() < 0.6


def test_doors_stay_shut_at_night() -> None:
    door = days(made(Freezer, 20))["door"]

    assert door[:, : 4 * 60].mean() < 0.2 * door[:, 8 * 60 : 16 * 60].mean()


def test_a_failing_compressor_thaws_the_goods_in_hours() -> None:
    model = made(Freezer, 20, goods_h=5.0)
    model.upsets = Faulty("compressor", NOON, NOON + 12 * 3600)
    goods = days(model)["t_goods"]
    risen = goods[:, [13 * 60, 17 * 60, 23 * 60 - 1]] - goods[:, [11 * 60]]

    assert (np.diff(risen, axis=1) > 0.5).all()
    assert goods[:, -1].max() < 21


def test_a_door_left_ajar_warms_the_air_first() -> None:
    model = made(Freezer, 20)
    model.upsets = Faulty("door_ajar", NOON, NOON + 3600, severity=0.5)
    read = days(model)

    assert (read["t_air"][:, 11 * 60 + 30] > -14).all()
    assert (read["t_goods"][:, 11 * 60 + 30] < read["t_air"][:, 11 * 60 + 30]).all()
