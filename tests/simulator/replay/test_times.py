"""Times as recordings write them: formats, epochs, zones, and the hours that clocks have twice or never."""

from datetime import UTC, tzinfo

import pytest

from simulator.replay.times import time_reader, zone_of

BERLIN = zone_of("Europe/Berlin")
NOON = 1_774_699_200_000  # 2026-03-28T12:00:00Z
READ: dict[str, tuple[str | None, tzinfo, str, int]] = {
    "ISO with Z": (None, UTC, "2026-03-28T12:00:00Z", NOON),
    "ISO with an offset": (None, UTC, "2026-03-28T13:00:00+01:00", NOON),
    "ISO with a space": (None, UTC, "2026-03-28 12:00", NOON),
    "ISO with microseconds": (None, UTC, "2026-03-28 12:00:00.123999", NOON + 123),
    "ISO in a zone": (None, BERLIN, "2026-03-28 13:00", NOON),
    "an offset wins over the zone": (None, BERLIN, "2026-03-28T12:00:00Z", NOON),
    "a date": (None, UTC, "2026-03-28", NOON - 43_200_000),
    "blanks around": (None, UTC, " 2026-03-28 12:00 ", NOON),
    "seconds": (None, BERLIN, "1774699200", NOON),
    "seconds with a fraction": (None, UTC, "1774699200.5", NOON + 500),
    "seconds with a decimal comma": (None, UTC, "1774699200,25", NOON + 250),
    "milliseconds": (None, UTC, "1774699200000", NOON),
    "microseconds": (None, UTC, "1774699200000999", NOON),
    "nanoseconds": (None, UTC, "1774699200000999999", NOON),
    "seconds from a start": ("s", UTC, "0.1", 100),
    "a German date": ("%d.%m.%Y %H:%M:%S", BERLIN, "28.03.2026 13:00:00", NOON),
    "a format with an offset": ("%d/%b/%Y %H:%M %z", BERLIN, "28/Mar/2026 07:00 -0500", NOON),
    "after the change": (None, BERLIN, "2026-03-29 03:00", 1_774_746_000_000),
    "a fixed offset knows no change": (None, zone_of("+01:00"), "2026-03-29 02:30", 1_774_747_800_000),
    "west of Greenwich": (None, zone_of("-03:30"), "2026-03-28 08:30", NOON),
}


@pytest.mark.parametrize(("form", "zone", "text", "t"), READ.values(), ids=READ)
def test_times_are_read(form: str | None, zone: tzinfo, text: str, t: int) -> None:
    assert time_reader(form, zone, text)(text) == (t, t)


def test_an_hour_that_comes_twice_has_two_moments() -> None:
    read = time_reader(None, BERLIN, "2026-10-25 02:30")

    assert read("2026-10-25 02:30") == (1_792_888_200_000, 1_792_891_800_000)
    assert read("2026-10-25T02:30+01:00") == (1_792_891_800_000, 1_792_891_800_000)


REFUSED: dict[str, tuple[str | None, tzinfo, str, str, str]] = {
    "an hour that never was": (
        None,
        BERLIN,
        "2026-03-29 01:00",
        "2026-03-29 02:30",
        "did not exist in Europe/Berlin, for clocks went forward; a logger that knows no summer time is read",
    ),
    "no time": (None, UTC, "2026-03-28", "soon", "expected an ISO 8601 time"),
    "an empty cell": (None, UTC, "2026-03-28", "", "expected an ISO 8601 time"),
    "a German date": (None, UTC, "28.03.2026", "28.03.2026", "or give --time-format, like '%d.%m.%Y %H:%M'"),
    "another format": ("%d.%m.%Y", UTC, "28.03.2026", "3/28/2026", "expected a time like 28.03.2026, got"),
    "no number": ("s", UTC, "0", "x", "expected a number since 1970, got 'x'"),
    "not a number": ("s", UTC, "0", "nan", "expected a number since 1970"),
    "before 1970": (None, UTC, "1969-01-01", "1969-01-01", "is before 1970"),
    "too far": ("s", UTC, "0", "99999999999999", "too far ahead"),
}


@pytest.mark.parametrize(("form", "zone", "sample", "text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_time_is_said(
    form: str | None, zone: tzinfo, sample: str, text: str, sentence: str
) -> None:
    read = time_reader(form, zone, sample)

    with pytest.raises(ValueError, match=r".") as caught:
        read(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("form", "sample", "sentence"),
    [
        (None, "12345", "'12345' is a number of unclear unit; give --time-format s, ms, us or ns"),
        ("mss", "1", "'mss' is no format of times; did you mean 'ms'?"),
        ("YYYY", "1", "expected s, ms, us, ns, iso or a format with %"),
    ],
)
def test_formats_are_never_guessed(form: str | None, sample: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        time_reader(form, UTC, sample)
    assert sentence in str(caught.value)


def test_a_zone_that_is_none_is_said() -> None:
    with pytest.raises(ValueError, match=r"did you mean 'Europe/Berlin'\?"):
        zone_of("Europe/Berlni")
