"""Cells as numbers, with their decimals; gaps; and one decimal mark a file."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.replay.numbers import ANY, Numbers

READ = {
    "21.50": (21.5, 2),
    " 7 ": (7.0, 0),
    "-3": (-3.0, 0),
    "+.25": (0.25, 2),
    "4.": (4.0, 0),
    "1e3": (1000.0, ANY),
    "-1.5E-3": (-0.0015, ANY),
    "007": (7.0, 0),
}


@pytest.mark.parametrize(("cell", "number"), READ.items(), ids=list(READ))
def test_numbers(cell: str, number: tuple[float, int]) -> None:
    assert Numbers(None, ",").read(cell) == number


@pytest.mark.parametrize(
    "cell", ["", "  ", "NaN", "nan", "NA", "N/A", "null", "None", "-", "?", "-9999", " OFF "]
)
def test_gaps(cell: str) -> None:
    value, decimals = Numbers(None, ",", ["-9999", "off"]).read(cell)

    assert math.isnan(value)
    assert decimals is None


@pytest.mark.parametrize(
    "cell", ["x", "1 2", "1_0", "0x10", "inf", "-Infinity", "1.2.3", "1e", ".", "+", "e5", "١", "1e999"]
)
def test_what_is_no_number(cell: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        Numbers(None, ",").read(cell)


@pytest.mark.parametrize("cell", ["1E9", "1e9", " 1E9 "])
def test_a_word_for_a_gap_may_look_like_a_number(cell: str) -> None:
    assert Numbers(None, ",", ["1E9"]).read(cell)[1] is None
    assert Numbers(None, ",").read(cell) == (1e9, ANY)


def test_the_first_mark_is_that_of_the_file() -> None:
    numbers = Numbers(None, ";")

    assert numbers.read("1,5") == (1.5, 1)
    assert numbers.read("2") == (2.0, 0)
    with pytest.raises(ValueError, match=r"with decimal mark ',' as before, got '1\.5'"):
        numbers.read("1.5")


def test_a_mark_that_is_given_is_that_of_the_file() -> None:
    assert Numbers(",", ",").read("1,5") == (1.5, 1)
    with pytest.raises(ValueError, match=r"--decimal says which it is"):
        Numbers(".", ";").read("1,5")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read(value: float) -> None:
    assert Numbers(None, ",").read(repr(value))[0] == value
