"""Durations and rates as people write them."""

import pytest

from simulator.durations import parse_duration, parse_rate


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("200ms", 200),
        ("90s", 90_000),
        ("1.5s", 1500),
        ("1h30m", 5_400_000),
        ("7d", 604_800_000),
        ("2d14:00", 223_200_000),
        ("10:15", 36_900_000),
        ("0s", 0),
    ],
)
def test_durations(text: str, milliseconds: int) -> None:
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "60", "5 min", "s", "-1s", "1h 30m", "1x", "10:99"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "per_day"), [("0.02/d", 0.02), ("3/h", 72), ("1e-3/w", 1e-3 / 7), ("1/s", 86_400)]
)
def test_rates(text: str, per_day: float) -> None:
    assert parse_rate(text) == pytest.approx(per_day)


def test_what_is_no_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="no rate"):
        parse_rate("often")
