"""[site.NAME] tables, read and checked."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from . import convert
from .site import Site
from .tables import Table
from .weather import CLIMATES, Place
from .workdays import CALENDARS, Workdays

__all__ = ["read_site"]


def read_site(name: str, table: Table, seed: int) -> Site:
    """One site, shared by its devices; raises ConfigError."""
    site = Site(
        name=name,
        seed=seed,
        place=Place(
            lat=table.take("lat", convert.number(-90, 90)),
            lon=table.take("lon", convert.number(-180, 180)),
            altitude=table.take("alt", convert.number(-430, 6000), 0.0),
            climate=CLIMATES[table.take("climate", convert.choice(list(CLIMATES)), "temperate")],
        ),
        workdays=Workdays(
            zone=table.take("tz", _zone, ZoneInfo("UTC")),
            weekdays=CALENDARS[table.take("calendar", convert.choice(list(CALENDARS)), "office")],
            holidays=frozenset(table.take("holidays", convert.list_of(_month_day), ())),
        ),
    )
    table.close()
    return site


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(convert.text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        known = (
            "write one like 'Europe/Berlin'"
            if available_timezones()
            else "none are installed: pip install tzdata"
        )
        raise ValueError(f"no time zone {value!r}; {known}") from error


def _month_day(value: Any) -> str:
    month, _, day = convert.text(value).partition("-")
    if not (len(month) == len(day) == 2 and month.isdigit() and day.isdigit()):
        raise ValueError(f"expected days of the year like '12-25', got {value!r}")
    return f"{month}-{day}"
