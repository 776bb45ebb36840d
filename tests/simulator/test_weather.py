"""Outdoor weather: without seams between days, within physics, and as varied as a real record."""

import numpy as np
import pytest

from simulator.rng import Floats, Keys
from simulator.weather import CLIMATES, Place, Weather, saturation_hPa, weather_at

BERLIN = Place(52.52, 13.40, 35.0, CLIMATES["temperate"])
MARCH = 20_515  # 2026-03-03


def days(first: int, count: int, seed: int = 1) -> Weather:
    keys = Keys(seed, ["site:hq"])
    parts = [[s[:-1] for s in weather_at(keys, BERLIN, day)] for day in range(first, first + count)]
    return Weather(*(np.concatenate(series) for series in zip(*parts, strict=True)))


@pytest.fixture(scope="module")
def season() -> Weather:
    """Sixty days from June on."""
    return days(20_605, 60)


def correlation(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def test_a_day_is_the_same_whenever_it_is_asked_for() -> None:
    late = days(MARCH + 1, 1)

    assert np.array_equal(late.t_out, days(MARCH, 2).t_out[1440:])


@pytest.mark.parametrize("name", ["t_out", "dew_point", "pressure"])
def test_midnight_leaves_no_seam(name: str) -> None:
    series = getattr(days(MARCH, 10), name)
    steps = np.abs(np.diff(series))

    assert steps[1439::1440].max() <= steps.max()
    assert steps[1439::1440].mean() < 3 * steps.mean()


def test_physics_is_kept(season: Weather) -> None:
    assert (season.dew_point < season.t_out).all()
    assert (season.ghi[season.sin_elevation < 0] == 0).all()
    assert season.ghi.max() < 1150
    assert (season.diffuse <= season.ghi).all()
    assert season.wind.min() >= 0


def test_it_varies_as_a_summer_at_jena_does(season: Weather) -> None:
    humidity = 100 * saturation_hPa(season.dew_point) / saturation_hPa(season.t_out)

    assert season.t_out.std() == pytest.approx(5.9, rel=0.4)
    assert season.ghi.mean() == pytest.approx(200, rel=0.3)
    assert season.pressure.std() == pytest.approx(5.9, rel=0.4)
    assert season.wind.mean() == pytest.approx(2.2, rel=0.3)
    assert correlation(season.t_out, humidity) < -0.5
    assert correlation(season.t_out, season.ghi) > 0.3


def test_a_year_has_seasons() -> None:
    january = np.mean([weather_at(Keys(s, ["x"]), BERLIN, 20_470).t_out.mean() for s in range(20)])
    july = np.mean([weather_at(Keys(s, ["x"]), BERLIN, 20_651).t_out.mean() for s in range(20)])

    assert july - january == pytest.approx(18.4, abs=6)
