"""Bars whose parts are as wide as their share."""

import re

from reports.score import bar, by_tone
from reports.tally import Tally, tally
from tests.reports import samples


def test_verdicts_are_counted_by_tone() -> None:
    counted = tally(samples.a_conformance().rows)

    assert by_tone(counted) == {"good": 1, "bad": 1, "warn": 1, "note": 0, "none": 2}


def test_a_part_is_as_wide_as_its_share() -> None:
    drawn = bar(Tally({"PASS": 3, "FAIL": 1}, 4, 4))

    assert re.findall(r'class="(\w+)" x="([\d.]+)" width="([\d.]+)"', drawn) == [
        ("good", "0.0", "89.0"),
        ("bad", "90.0", "29.0"),
    ]


def test_no_rows_make_an_empty_bar() -> None:
    assert "<rect" not in bar(Tally({}, 0, 0))
