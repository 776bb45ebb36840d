"""The search for the highest rate that holds: few tries, and near to it, wherever it lies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.fanout import CLOSE, MOST_RATE, Search


def searched(limit: float) -> tuple[float, list[float]]:
    """The highest rate that held where `limit` is what can be sustained, and all that were tried."""
    search = Search()
    tried: list[float] = []
    held = 0.0
    while (rate := search.next()) is not None:
        tried.append(rate)
        search.tell(rate, held=rate <= limit)
        held = rate if rate <= limit else held
    return held, tried


@given(st.floats(1.6, MOST_RATE - 1))
def test_it_ends_just_below_what_fails(limit: float) -> None:
    held, tried = searched(limit)

    assert held <= limit < held * CLOSE * 1.01
    assert len(tried) <= 12


@pytest.mark.parametrize(
    ("limit", "tried"),
    [(0.5, [25.0, 6.25, 1.5625]), (MOST_RATE, [25.0, 100.0, 400.0, 1600.0, 6400.0, 25000.0])],
    ids=["nothing holds", "everything does"],
)
def test_it_ends_at_either_end(limit: float, tried: list[float]) -> None:
    assert searched(limit)[1] == tried
