"""Local time and working days."""

from datetime import date
from zoneinfo import ZoneInfo

from simulator.workdays import CALENDARS, Workdays

BERLIN = Workdays(ZoneInfo("Europe/Berlin"), CALENDARS["office"], frozenset({"12-25"}))


def number(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days


def test_weekends_and_holidays_are_off() -> None:
    worked = [BERLIN.is_workday(number(2026, 3, day)) for day in range(2, 9)]

    assert worked == [True] * 5 + [False] * 2
    assert not BERLIN.is_workday(number(2026, 12, 25))  # a Friday
    assert BERLIN.is_workday(number(2026, 12, 24))


def test_winter_is_an_hour_ahead_of_utc() -> None:
    day = number(2026, 1, 15)

    assert (BERLIN.local_seconds(day, 60) - day * 86400)[:2].tolist() == [3600, 3660]


def test_the_clock_jumps_when_summer_time_begins() -> None:
    day = number(2026, 3, 29)
    local = BERLIN.local_seconds(day, 60) - day * 86400

    assert local[59] == 3600 + 59 * 60  # 01:59 in Berlin, one minute before the jump
    assert local[60] == 3 * 3600
