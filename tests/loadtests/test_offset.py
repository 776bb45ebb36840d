"""The clock filter: whatever the network does, the true offset lies within the bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._offset import Exchange, Offset, Offsets

times = st.integers(0, 10**9)  # ns


def exchange(sent: int, skew: int, there: int, thinking: int, back: int) -> Exchange:
    """A ping to a clock that is ahead by `skew`, with so many ns on each way."""
    received = sent + there + skew
    replied = received + thinking
    return Exchange(sent, received, replied, replied - skew + back)


@given(
    skew=st.integers(-(10**12), 10**12),
    ways=st.lists(st.tuples(times, times, times, times), min_size=1, max_size=40),
)
def test_the_true_offset_lies_within_the_bound(skew: int, ways: list[tuple[int, int, int, int]]) -> None:
    offset = Offset.of(exchange(sent, skew, *way) for sent, *way in ways)

    assert abs(offset.ns - skew) <= offset.bound_ns


@given(skew=st.integers(-(10**12), 10**12), ways=st.lists(st.tuples(times, times), min_size=1, max_size=40))
def test_the_bound_is_half_the_quickest_round_trip(skew: int, ways: list[tuple[int, int]]) -> None:
    offset = Offset.of(exchange(0, skew, there, 7, back) for there, back in ways)

    assert offset.bound_ns == min(there + back for there, back in ways) // 2 + 1


def test_one_quick_exchange_beats_many_slow_ones() -> None:
    slow = [exchange(0, 5_000_000, 90_000, 0, 4_000_000) for _ in range(39)]

    offset = Offset.of([*slow, exchange(0, 5_000_000, 100_000, 0, 102_000)])

    assert offset == Offset(4_999_000, 101_001)


def test_the_time_that_the_other_side_takes_is_not_on_the_way() -> None:
    assert exchange(0, 0, 10, 10_000, 20).round_trip_ns == 30


def test_without_any_exchange_nothing_is_known() -> None:
    with pytest.raises(ValueError, match="empty"):
        Offset.of([])


def test_what_a_clock_drifts_between_two_findings_is_uncertain() -> None:
    offsets = Offsets.begin(Offset(1_000_000, 50_000))

    offsets.add(Offset(1_300_000, 60_000))
    offsets.add(Offset(1_310_000, 40_000))

    assert (offsets.drift_ns, offsets.bound_ns) == (310_000, 360_000)
    assert offsets.first == Offset(1_000_000, 50_000)
