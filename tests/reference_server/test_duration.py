"""Spans of time, and what is none."""

import click
import pytest

from reference_server.duration import Duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("90s", 90), ("1.5m", 90), ("24h", 86_400), ("7d", 604_800), ("3", 3)]
)
def test_a_number_and_a_unit_are_seconds(text: str, seconds: float) -> None:
    assert Duration()(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "-1h", "1w", "1h30m", "nan", "١h"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write 90s, 15m, 24h or 7d"):
        Duration()(text)
