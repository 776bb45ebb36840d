"""Histograms against exact quantiles, and against each other."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._histogram import BITS, HEAT_BITS, Histogram, lower_edge

MICROSECONDS = st.integers(0, 10**9)
SAMPLES = st.lists(MICROSECONDS, min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("us", "edge"),
    [(0, 0), (1, 1), (255, 255), (256, 256), (257, 256), (1000, 1000), (1003, 1000), (70_001, 69_632)],
)
def test_a_bucket_is_named_by_its_lower_edge(us: int, edge: int) -> None:
    assert lower_edge(us) == edge


@given(MICROSECONDS)
def test_an_edge_is_at_most_one_part_in_128_too_low_and_maps_to_itself(us: int) -> None:
    edge = lower_edge(us)

    assert us * 127 / 128 <= edge <= us
    assert lower_edge(edge) == edge


@given(MICROSECONDS)
def test_coarse_buckets_are_made_of_whole_fine_ones(us: int) -> None:
    assert lower_edge(lower_edge(us, BITS), HEAT_BITS) == lower_edge(us, HEAT_BITS)


@given(SAMPLES, st.integers(1, 1000))
def test_a_quantile_is_the_edge_of_the_sample_of_that_rank(samples: list[int], per_mille: int) -> None:
    exact = sorted(samples)[max(1, ceil(per_mille * len(samples) / 1000)) - 1]

    found = Histogram(samples).quantile(per_mille)

    assert found is not None
    assert found == max(lower_edge(exact), min(samples))
    assert found <= exact


@given(st.lists(st.lists(st.integers(-1_000, 10**9), max_size=20), max_size=5))
def test_many_at_once_are_counted_as_one_by_one(parts: list[list[int]]) -> None:
    at_once, one_by_one = Histogram(), Histogram()
    for part in parts:
        at_once.extend(part)
        for us in part:
            one_by_one.add(us)

    assert at_once == one_by_one


@given(st.lists(st.lists(MICROSECONDS, max_size=20), max_size=5))
def test_merging_is_the_same_as_counting_together(parts: list[list[int]]) -> None:
    together = Histogram(us for part in parts for us in part)

    forward, backward = Histogram(), Histogram()
    for part in parts:
        forward.merge(Histogram(part))
    for part in reversed(parts):
        backward.merge(Histogram(part))

    assert forward == backward == together


@given(SAMPLES)
def test_pairs_keep_every_sample(samples: list[int]) -> None:
    histogram = Histogram(samples)

    assert (
        sum(n for _, n in histogram.pairs()) == sum(n for _, n in histogram.pairs(HEAT_BITS)) == len(samples)
    )


def test_the_summary_is_exact_where_it_can_be() -> None:
    summary = Histogram([1000, 2000, 6001]).summary()

    assert summary == {
        "n": 3,
        "min_us": 1000,
        "mean_us": 3000,
        "p50_us": 2000,
        "p90_us": 5984,
        "p95_us": 5984,
        "p99_us": 5984,
        "p999_us": 5984,
        "max_us": 6001,
    }


def test_without_samples_nothing_is_claimed() -> None:
    summary = Histogram().summary()

    assert summary.pop("n") == 0
    assert set(summary.values()) == {None}


def test_a_negative_latency_counts_as_none() -> None:
    assert Histogram([-5, 3]).pairs() == [(0, 1), (3, 1)]
