"""Numbers as people read them."""

import pytest

from reports.units import ABSENT, count, latency, ms, plain, times

COUNTS = [(0, "0"), (12345, "12\u202f345"), (9998.7, "9\u202f998.7"), (10.0, "10"), (None, ABSENT)]


@pytest.mark.parametrize(("number", "text"), COUNTS)
def test_counts_have_thin_spaces(number: float | None, text: str) -> None:
    assert count(number) == text


@pytest.mark.parametrize(("us", "text"), [(8064, "8.06"), (0, "0.00"), (None, ABSENT)])
def test_microseconds_are_shown_as_milliseconds(us: int | None, text: str) -> None:
    assert ms(us) == text


@pytest.mark.parametrize(
    ("us", "text"), [(500, "500\u202fµs"), (20_000, "20\u202fms"), (5_000_000, "5\u202fs")]
)
def test_axes_take_the_unit_that_keeps_them_short(us: float, text: str) -> None:
    assert latency(us) == text


@pytest.mark.parametrize(("number", "text"), [(0.25, "0.25"), (3.0, "3"), (120.0, "120"), (0.0, "0")])
def test_plain_numbers_have_no_noise(number: float, text: str) -> None:
    assert plain(number) == text


def test_a_ratio_is_short_at_any_size() -> None:
    assert [times(number) for number in (1.044, 0.5, 12.3456, 12345.0, float("inf"))] == [
        "1.04x",
        "0.50x",
        "12.35x",
        "1.23e+04x",
        "∞x",
    ]
