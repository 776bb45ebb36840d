"""Times as recordings write them: ISO 8601, epochs, or a format that is given, in a zone. Does no I/O."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

__all__ = ["Moment", "ReadTime", "time_reader", "zone_of"]

EPOCHS = {"s": Decimal(1000), "ms": Decimal(1), "us": Decimal("0.001"), "ns": Decimal("0.000001")}
BY_DIGITS = {10: "s", 13: "ms", 16: "us", 19: "ns"}  # of epochs from 2001 to 2286
NUMBER = re.compile(r"\d+(?:[.,]\d*)?", re.ASCII)
OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
ISO = "an ISO 8601 time (or give --time-format, like '%d.%m.%Y %H:%M')"
FIRST, LAST = 0, 2**53 - 1  # ms that a receiver takes

Moment = tuple[int, int]  # ms UTC, earlier and later; they differ in an hour that a zone has twice
ReadTime = Callable[[str], Moment]


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name like Europe/Berlin, or of an offset like +01:00; raises ValueError."""
    if offset := OFFSET.fullmatch(name):
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    known = available_timezones()
    if name in known:
        return ZoneInfo(name)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{name!r} is no time zone like Europe/Berlin, UTC or +01:00{hint}")


def time_reader(form: str | None, zone: tzinfo, sample: str) -> ReadTime:
    """How to read cells in that format; None: recognised from the `sample`. Raises ValueError.

    The reader raises ValueError for what it cannot read. Times without an offset are those of `zone`.
    """
    if form is None:
        form = _recognised(sample.strip())
    if form in EPOCHS:
        return _epoch(EPOCHS[form])
    if form == "iso":
        return lambda text: _moment(_parsed(text, datetime.fromisoformat, ISO), zone)
    if "%" not in form:
        near = get_close_matches(form, [*EPOCHS, "iso"], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "expected s, ms, us, ns, iso or a format with %"
        raise ValueError(f"{form!r} is no format of times; {hint}")

    def parse(cell: str) -> datetime:
        return datetime.strptime(cell, form)  # noqa: DTZ007 - the zone comes after

    expected = f"a time like {datetime(2026, 3, 28, 14, 5, tzinfo=UTC):{form}}"
    return lambda text: _moment(_parsed(text, parse, expected), zone)


def _recognised(sample: str) -> str:
    if not NUMBER.fullmatch(sample):
        return "iso"
    digits = len(re.split("[.,]", sample)[0])
    if digits not in BY_DIGITS:
        raise ValueError(f"{sample!r} is a number of unclear unit; give --time-format s, ms, us or ns")
    return BY_DIGITS[digits]


def _epoch(unit: Decimal) -> ReadTime:
    def read(text: str) -> Moment:
        cell = text.strip()
        if not NUMBER.fullmatch(cell):
            raise ValueError(f"expected a number since 1970, got {text!r}")
        t = int(Decimal(cell.replace(",", ".")) * unit)
        return _bounded(t, text), t

    return read


def _parsed(text: str, parse: Callable[[str], datetime], expected: str) -> datetime:
    try:
        return parse(text.strip())
    except ValueError as error:
        raise ValueError(f"expected {expected}, got {text!r}") from error


def _moment(then: datetime, zone: tzinfo) -> Moment:
    if then.tzinfo is not None:
        t = _milliseconds(then)
        return t, t
    first, second = then.replace(tzinfo=zone), then.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    if after > before:
        raise ValueError(
            f"{then} did not exist in {zone}, for clocks went forward; a logger that knows no summer time "
            f"is read with --tz {first.isoformat()[-6:]}"
        )
    return _milliseconds(first), _milliseconds(second)


def _milliseconds(then: datetime) -> int:
    return _bounded((then - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1), str(then))


def _bounded(t: int, text: str) -> int:
    if not FIRST <= t <= LAST:
        raise ValueError(f"{text!r} is before 1970 or too far ahead")
    return t
