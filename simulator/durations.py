"""Durations and rates as people write them: "90s", "1h30m", "9d10:15", "0.02/d". Pure."""

import re

__all__ = ["parse_duration", "parse_rate"]

UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
CLOCK = re.compile(r"(?:(\d+)d)?(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")
RATE = re.compile(r"(\d+(?:\.\d+)?(?:[eE]-?\d+)?)/(s|m|h|d|w)")


def parse_duration(text: str) -> int:
    """Milliseconds; raises ValueError with a sentence."""
    if clock := CLOCK.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    parts = PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(
            f"{text!r} is no duration; write one like '200ms', '90s', '1h30m', '7d' or '2d14:00'"
        )
    return round(sum(float(number) * UNIT_MS[unit] for number, unit in parts))


def parse_rate(text: str) -> float:
    """Events a day; raises ValueError with a sentence."""
    found = RATE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no rate; write one like '0.02/d' or '3/h'")
    return float(found[1]) * UNIT_MS["d"] / UNIT_MS[found[2]]
