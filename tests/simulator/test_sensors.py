"""Sensors: one stage of errors at a time."""

import math

import numpy as np
import pytest

from simulator.rng import Floats, Keys
from simulator.sensors import Sensor, Sensors

MANY = Keys(1, [f"d{n}" for n in range(2000)])
ALL = np.arange(2000)


def readings(sensor: Sensor, value: float, sample: int = 0, t: int = 0) -> Floats:
    sensors = Sensors([sensor], MANY)
    sensors.reset({"x": np.full(2000, value)})
    table = sensors.read(ALL, np.full(2000, sample), t)
    first: Floats = table[0]
    return first


@pytest.mark.parametrize(
    ("step", "decimals"), [(0.1, 1), (1, 0), (1.0, 0), (10, 0), (0.05, 2), (0.25, 2), (1e-4, 4)]
)
def test_the_step_fixes_the_decimals(step: float, decimals: int) -> None:
    assert Sensor("a", "x", "", step=step).decimals == decimals


def test_it_rounds_and_clips() -> None:
    sensor = Sensor("a", "x", "", step=0.5, range=(-1.0, 30.0))
    finished = sensor.finish(np.array([0.2, 0.3, -0.1, -7.0, 99.0]))

    assert finished.tolist() == [0.0, 0.5, 0.0, -1.0, 30.0]
    assert not np.signbit(finished[2])  # no -0.0


def test_a_lag_is_a_first_order_response() -> None:
    sensors = Sensors([Sensor("a", "x", "", lag=90.0)], Keys(1, ["d"]))
    sensors.reset({"x": np.zeros(1)})
    for _ in range(3):
        sensors.follow({"x": np.ones(1)}, 30.0)

    assert sensors.read(np.array([0]), np.array([0]), 0)[0, 0] == pytest.approx(1 - math.exp(-1))


def test_noise_has_its_spread_and_is_new_for_each_sample() -> None:
    sensor = Sensor("a", "x", "", noise=2.5)
    first, second = readings(sensor, 600, 0), readings(sensor, 600, 1)

    assert first.std() == pytest.approx(2.5, rel=0.06)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.09


def test_relative_noise_grows_with_the_value() -> None:
    sensor = Sensor("a", "x", "", relative_noise=0.01)

    assert readings(sensor, 0).std() == 0
    assert readings(sensor, 1000).std() == pytest.approx(10, rel=0.06)


def test_bias_and_gain_are_fixed_for_a_device() -> None:
    sensor = Sensor("a", "x", "", bias_sd=0.25, gain_sd=0.02)

    assert np.array_equal(readings(sensor, 20, 0), readings(sensor, 20, 99))
    assert readings(sensor, 0).std() == pytest.approx(0.25, rel=0.06)
    assert (readings(sensor, 100) - readings(sensor, 0)).std() == pytest.approx(2, rel=0.06)


def test_drift_walks_with_the_square_root_of_time() -> None:
    sensor = Sensor("a", "x", "", drift=0.01)
    start = readings(sensor, 0, t=0)

    assert (readings(sensor, 0, t=86_400) - start).std() == pytest.approx(0.01, rel=0.1)
    assert (readings(sensor, 0, t=4 * 86_400) - start).std() == pytest.approx(0.02, rel=0.1)


def test_flicker_has_its_spread_and_is_slow() -> None:
    sensor = Sensor("a", "x", "", flicker=0.4)
    first, soon, later = (readings(sensor, 0, t=1_740_000_000 + t) for t in (0, 60, 30 * 86_400))

    assert first.std() == pytest.approx(0.4, rel=0.1)
    assert (soon - first).std() < 0.15
    assert abs(np.corrcoef(first, later)[0, 1]) < 0.1


def test_flicker_has_a_floor_where_white_noise_averages_out() -> None:
    """Allan deviation: white noise falls with the root of the averaging time, flicker stays."""
    t = 1_740_000_000 + 1800 * np.arange(96)
    series = {
        name: np.stack([readings(sensor, 0, int(moment), int(moment)) for moment in t])
        for name, sensor in (
            ("white", Sensor("a", "x", "", noise=1.0)),
            ("flicker", Sensor("a", "x", "", flicker=1.0)),
        )
    }
    ratio = {}
    for name, values in series.items():
        allan = [
            np.sqrt(0.5 * (np.diff(values.reshape(-1, m, 2000).mean(axis=1), axis=0) ** 2).mean())
            for m in (1, 16)
        ]
        ratio[name] = allan[1] / allan[0]

    assert ratio["white"] == pytest.approx(0.25, rel=0.2)
    assert 0.6 < ratio["flicker"] < 1.8


def test_a_ramp_goes_one_way_until_it_is_calibrated() -> None:
    sensor = Sensor("a", "x", "", ramp_sd=0.01)
    days = [readings(sensor, 0, t=86_400 * (20_000 + day)) for day in (0, 1, 2)]
    first, second = days[1] - days[0], days[2] - days[1]
    same = np.abs(first - second) < 1e-9

    assert same.mean() > 0.98  # the others were calibrated
    assert first[same].std() == pytest.approx(0.01, rel=0.1)
