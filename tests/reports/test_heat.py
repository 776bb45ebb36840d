"""Coarse histograms over time, in columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.heat import Column, columns, upper_edge, within
from reports.load_schema import Series
from tests.reports import samples


def series(rows: list[list[list[int]]]) -> Series:
    shown = {"step_s": 1, "t": list(range(len(rows))), "heat": {"bits": 3, "rows": rows}}
    found = samples.a_load(series=shown).series
    assert found is not None
    return found


def test_a_bucket_ends_where_the_next_begins() -> None:
    assert [upper_edge(edge, 3) for edge in (0, 7, 15, 16, 1024)] == [1, 8, 16, 18, 1152]


def test_steps_are_joined_into_columns_and_empty_ones_left_out() -> None:
    found = columns(series([[[8, 1]], [[8, 2]], [], [], [[16, 1]]]), 3)

    assert [(each.begin, each.end, each.counts) for each in found] == [
        (0, 2, {8: 3}),
        (4, 6, {16: 1}),
    ]


def test_a_quantile_lies_in_the_bucket_of_its_sample() -> None:
    column = Column(0, 1, {1024: 90, 2048: 10}, 3)

    assert 1024 < column.quantile(0.5) < 1152
    assert column.quantile(0.9) == 1152
    assert 2048 < column.quantile(0.99) <= 2304


@given(
    st.dictionaries(st.integers(0, 10**7), st.integers(1, 50), min_size=1), st.sampled_from([0.5, 0.9, 0.99])
)
def test_a_quantile_lies_within_the_samples(counts: dict[int, int], q: float) -> None:
    column = Column(0, 1, counts, 30)

    assert min(counts) <= column.quantile(q) <= max(counts) + 1


def test_nothing_has_no_quantile() -> None:
    with pytest.raises(ValueError, match="nothing was delivered"):
        Column(0, 1, {}, 3).quantile(0.5)


def test_wider_buckets_hold_the_same_samples() -> None:
    column = Column(0, 1, {1024: 1, 1152: 2, 1280: 4}, 3)

    assert column.coarse(2) == {1024: 3, 1280: 4}


def test_only_columns_that_lie_in_a_phase_as_a_whole_count() -> None:
    found = columns(series([[[8, 1]]] * 6), 6)

    assert [each.begin for each in within(found, (0.5, 4))] == [1, 2, 3]


def test_a_run_without_heat_has_no_columns() -> None:
    assert columns(Series(step_s=1, t=[0, 1]), 10) == []
