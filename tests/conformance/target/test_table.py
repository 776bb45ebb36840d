"""Durations as people write them."""

import pytest

from conformance.target.table import Seconds, seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("15s", 15.0),
        ("300ms", 0.3),
        (" 1.5 s ", 1.5),
        ("2m", 120.0),
        ("1h", 3_600.0),
        ("2d", 172_800.0),
        ("15", 15.0),
        (15, 15.0),
        (0.25, 0.25),
    ],
)
def test_durations(value: object, expected: float) -> None:
    found = seconds(value)

    assert isinstance(found, Seconds)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    "value", ["", "s", "-1s", "0", "0s", 0, "1 sec", "1,5s", "1e3", "inf", "nan", True, None, [1]]
)
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match='expected a duration above zero like "15s"'):
        seconds(value)
