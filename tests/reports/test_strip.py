"""Arrivals as dots and as words."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.strip import WIDTH, strip, told

ARRIVALS = st.lists(st.tuples(st.floats(0, 1e12), st.integers(0, 2**53)), max_size=40)


def dots(arrivals: list[tuple[float, int]]) -> list[tuple[float, float]]:
    """(x, radius) of each dot."""
    found = re.findall(r'<circle cx="([\d.]+)" cy="\d+" r="([\d.]+)"/>', strip(arrivals))
    return [(float(x), float(r)) for x, r in found]


def test_a_stream_trickles_along_the_strip() -> None:
    places = [x for x, _ in dots([(0.0, 10), (1.0, 10), (2.0, 10)])]

    assert [after - before for before, after in pairwise(places)] == [206.0, 206.0]


def test_a_buffered_stream_is_one_heap_at_the_end() -> None:
    ((x, _),) = dots([(5.0, 100), (5.0001, 100)])

    assert x > 0.9 * WIDTH


def test_more_bytes_make_a_larger_dot_within_the_strip() -> None:
    small, large, giant = (r for _, r in dots([(0.0, 2), (1.0, 2000), (2.0, 2**53)]))

    assert small < large < giant <= 9


def test_a_thousand_reads_are_at_most_some_hundred_dots() -> None:
    assert len(dots([(n / 1000, 1) for n in range(10_000)])) <= 300


@given(ARRIVALS)
def test_every_dot_lies_on_the_strip(arrivals: list[tuple[float, int]]) -> None:
    assert all(0 < x < WIDTH for x, _ in dots(arrivals))


def test_the_same_in_words() -> None:
    assert told([]) == "nothing arrived"
    assert told([(0.25, 1200)]) == "1 read, 1\u202f200 bytes, after 0.25 s"
    assert told([(0.0, 1), (2.0, 2), (0.5, 3)]) == (
        "3 reads, 6 bytes; first after 0 s, last after 2 s, longest pause 1.5 s"
    )
