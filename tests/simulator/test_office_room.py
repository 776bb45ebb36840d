"""An office week: what people, sun and thermostat do to a room."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.models.office_room import OfficeRoom
from simulator.process import DAY, Process, grid_for
from simulator.rng import Floats, Ints, Keys
from simulator.site import Site
from simulator.weather import CLIMATES, Place
from simulator.workdays import CALENDARS, Workdays

MONDAY = 20_514  # 2026-03-02, days since 1970
ROOMS = 24
BERLIN = Site(
    "hq",
    42,
    Place(52.52, 13.40, 35.0, CLIMATES["temperate"]),
    Workdays(ZoneInfo("Europe/Berlin"), CALENDARS["office"]),
)


class Week(NamedTuple):
    """Outputs by name, each (rooms, minutes), and the local hour since Monday's midnight of each minute."""

    outputs: dict[str, Floats]
    hour: Floats

    def mean(self, name: str, rows: Ints) -> float:
        return float(self.outputs[name][:, rows].mean())

    def between(self, first: float, last: float, *days: int) -> Ints:
        """The minutes of these days between two local hours."""
        found = [(self.hour >= 24 * day + first) & (self.hour < 24 * day + last) for day in days]
        return np.flatnonzero(np.any(found, axis=0))


def process(rooms: int = ROOMS) -> Process:
    keys = Keys(42, [f"room-{number}" for number in range(rooms)])
    drawn = {name: param.default.draw(keys.stream(name)) for name, param in OfficeRoom.params.items()}
    return Process(OfficeRoom(keys, drawn), BERLIN, 60)


@pytest.fixture(scope="module")
def week() -> Week:
    """Seven winter days in minutes."""
    run, seen = process(), []
    for day in range(MONDAY, MONDAY + 7):
        seen.append(run.begin_day(day))
        seen += [run.advance() for _ in range(1439)]
    outputs = {name: np.stack([each[name] for each in seen], axis=1) for name in seen[0]}
    return Week(outputs, np.arange(len(seen)) / 60 + 1)  # an hour ahead of UTC


WORK, WEEKEND = (0, 1, 2, 3, 4), (5, 6)


def test_people_come_on_working_days_alone(week: Week) -> None:
    people = week.outputs["occupants"]

    assert people[:, week.between(0, 24, *WEEKEND)].max() == 0
    assert people[:, week.between(0, 5, *WORK)].max() == 0
    assert 0.5 < week.mean("occupants", week.between(10, 11.5, *WORK)) < 2.5
    assert week.mean("occupants", week.between(12.3, 12.8, *WORK)) < 0.6 * week.mean(
        "occupants", week.between(10, 11.5, *WORK)
    )


def test_co2_rises_with_people_and_decays_in_the_evening(week: Week) -> None:
    co2 = week.outputs["co2"]
    evening = [co2[:, week.between(hour, hour + 0.1, *WORK[:4])].mean() - 422 for hour in (20, 21, 22, 23)]
    rates = -np.diff(np.log(evening))

    assert week.mean("co2", week.between(15, 16, *WORK)) > 600
    assert co2[:, week.between(12, 24, 6)].max() < 440
    assert co2.min() > 420
    assert ((rates > 0.2) & (rates < 0.7)).all()  # air changes per hour


def test_co2_follows_occupancy(week: Week) -> None:
    pairs = zip(week.outputs["co2"], week.outputs["occupants"], strict=True)
    correlation = [np.corrcoef(co2, people)[0, 1] for co2, people in pairs]

    assert np.median(correlation) > 0.6


def test_the_thermostat_knows_night_and_weekend(week: Week) -> None:
    day, night = (week.mean("t_air", week.between(*hours, *WORK)) for hours in ((11, 17), (3, 5)))

    assert day == pytest.approx(21.5, abs=1)
    assert 1.0 < day - night < 3.5
    assert week.mean("t_air", week.between(10, 16, 6)) < day - 0.8


def test_it_warms_and_cools_like_a_room_with_walls(week: Week) -> None:
    """An hour after the heating is off a part of the fall is still to come."""
    at = [week.mean("t_air", week.between(hour, hour + 0.1, *WORK)) for hour in (17.9, 19, 23.8)]

    assert 0.25 < (at[0] - at[1]) / (at[0] - at[2]) < 0.8
    assert np.abs(np.diff(week.outputs["t_air"], axis=1)).max() < 0.2


def test_daylight_is_a_bell_and_nights_are_dark(week: Week) -> None:
    lux = week.outputs["illuminance"]

    assert lux[:, week.between(0, 5, *WORK, *WEEKEND)].max() == 0
    assert week.mean("illuminance", week.between(11, 14, *WEEKEND)) > 1.5 * week.mean(
        "illuminance", week.between(8, 9, *WEEKEND)
    )
    assert week.mean("illuminance", week.between(9, 10, *WORK)) > 300  # lamps


def test_winter_air_is_dry(week: Week) -> None:
    assert 15 < week.mean("rh", week.between(0, 24, *WORK)) < 40


@pytest.mark.parametrize(("name", "most"), [("t_air", 0.1), ("rh", 0.6), ("co2", 2.0), ("illuminance", 1.0)])
def test_the_new_start_at_midnight_leaves_no_step(week: Week, name: str, most: float) -> None:
    steps = np.abs(np.diff(week.outputs[name], axis=1))[:, 1439::1440]

    assert steps.max() < most


def test_it_stays_comfortable_in_july() -> None:
    run = process()
    seen = [run.begin_day(MONDAY + 133)] + [run.advance() for _ in range(1439)]
    by_day = np.stack([each["t_air"] for each in seen[8 * 60 : 15 * 60]])

    assert 20 < by_day.mean() < 27
    assert np.stack([each["rh"] for each in seen]).max() < 85


def test_a_room_is_the_same_in_a_larger_house() -> None:
    few, many = process(2).begin_day(MONDAY), process(9).begin_day(MONDAY)

    assert all(np.array_equal(few[name], many[name][:2]) for name in few)


@pytest.mark.parametrize(("every", "grid"), [(60_000, 60), (600_000, 60), (10_000, 10), (7_000, 6), (100, 1)])
def test_the_grid_divides_a_day(every: int, grid: int) -> None:
    assert grid_for(every) == grid
    assert DAY % grid == 0
