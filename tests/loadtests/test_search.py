"""The search for capacity, against servers whose capacity is known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadtests._scenario import MOST_STEPS
from loadtests._search import Search


def run(search: Search, capacity: int) -> list[int]:
    """The levels that are tried when everything up to `capacity` is served well."""
    tried = []
    level: int | None = search.level
    while level is not None:
        tried.append(level)
        level = search.judge(None if level <= capacity else f"too much: {level}")
    return tried


@settings(deadline=None)
@given(st.integers(1, 1_000), st.integers(0, 9_000))
def test_it_finds_what_is_there(start: int, capacity: int) -> None:
    search = Search(start, 10_000)

    tried = run(search, capacity)

    assert search.found <= capacity
    assert capacity - search.found <= max(1, 0.05 * capacity)
    assert len(tried) <= MOST_STEPS
    assert len(set(tried)) == len(tried)


@pytest.mark.parametrize(
    ("start", "capacity", "tried"),
    [
        (100, 300, [100, 150, 225, 337, 281, 309, 295]),
        (100, 40, [100, 50, 25, 37, 43, 40, 41]),
        (1, 0, [1]),
    ],
)
def test_it_goes_up_by_halves_and_then_between(start: int, capacity: int, tried: list[int]) -> None:
    assert run(Search(start, 1_000), capacity) == tried


def test_it_never_goes_beyond_the_most() -> None:
    search = Search(100, 200)

    assert run(search, 10_000) == [100, 150, 200]
    assert search.told() == {
        "subscribers": 200,
        "limit": None,
        "trials": [{"subscribers": level, "missed": None} for level in (100, 150, 200)],
    }


def test_it_tells_what_the_nearest_level_above_missed() -> None:
    search = Search(8, 1_000)
    run(search, 10)

    assert (search.found, search.told()["limit"]) == (10, "too much: 11")
