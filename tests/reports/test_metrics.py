"""Percentiles against the samples they were made of."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.load_schema import Slo
from reports.metrics import Distribution, Limit, contradictions, headline, limit, nines, phases
from tests.reports import samples

BUCKETS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 50)), max_size=30)


def test_percentiles_are_those_of_the_samples() -> None:
    found = Distribution.of([(1000, 9), (9000, 1)])

    assert [found.quantile(q) for q in (0.0, 0.5, 0.9, 0.91, 0.99, 1.0)] == [
        1000,
        1000,
        1000,
        9000,
        9000,
        9000,
    ]


@given(BUCKETS, st.sampled_from(["0.5", "0.9", "0.95", "0.99", "0.999"]))
def test_a_quantile_is_the_nearest_rank_of_all_samples(buckets: list[tuple[int, int]], q: str) -> None:
    samples_ = sorted(edge for edge, count in buckets for _ in range(count))
    expected = samples_[max(1, ceil(Fraction(q) * len(samples_))) - 1] if samples_ else None

    assert Distribution.of(buckets).quantile(float(q)) == expected


@given(BUCKETS, BUCKETS)
def test_runs_merge_by_adding_their_buckets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    assert Distribution.of(one + other) == Distribution.of(other + one)
    assert Distribution.of(one + other).n == Distribution.of(one).n + Distribution.of(other).n


def test_a_curve_begins_at_the_median_and_ends_with_the_samples() -> None:
    found = Distribution.of([(1, 10), (2, 80), (3, 9), (4, 1)])

    assert found.curve() == [(2.0, 2), (10.0, 2), (10.0, 3), (100.0, 3), (100.0, 4), (100.0, 4)]


def test_nothing_delivered_has_no_quantile_and_no_curve() -> None:
    assert Distribution.of([(5, 0)]).quantile(0.5) is None
    assert Distribution.of([]).curve() == []


def test_nines_count_from_the_median() -> None:
    assert [round(nines(q)) for q in (0.5, 0.9, 0.99, 0.999)] == [2, 10, 100, 1000]


def test_a_histogram_wins_over_percentiles_that_were_stated() -> None:
    stated = {"deliver": {"n": 10, "p50_us": 77, "max_us": 9100}}
    (found,) = phases(samples.a_load(samples.phase(0, 100, metrics=stated)))

    assert found.measured("deliver").p50_us == 1000
    assert found.measured("deliver").max_us == 9100


def test_without_a_histogram_what_was_stated_counts() -> None:
    stated = {"connect": {"n": 4, "p50_us": 77}}
    (found,) = phases(samples.a_load(samples.phase(0, 100, metrics=stated)))

    assert found.measured("connect").p50_us == 77
    assert found.measured("publish").n == 0


LIMITS = {
    "ms": ("deliver.p99<=250ms", Limit("deliver", 0.99, 250_000, None)),
    "of a phase": ("phase[2000].deliver.p999 <= 1.5 s", Limit("deliver", 0.999, 1_500_000, "2000")),
    "of losses": ("loss.silent==0", None),
    "lower bound": ("deliver.p99>=1ms", None),
    "zero has no place on a log axis": ("deliver.p99<=0ms", None),
    "absurd": (f"deliver.p99<={'9' * 400}ms", None),
}


@pytest.mark.parametrize(("expr", "expected"), LIMITS.values(), ids=LIMITS)
def test_an_upper_bound_on_a_latency_can_be_drawn(expr: str, expected: Limit | None) -> None:
    assert limit(Slo(expr=expr, ok=True)) == expected


def test_the_headline_is_of_the_busiest_phase_and_of_all_losses() -> None:
    lossy = {"expected": 90, "lost": 3, "silent": 2}
    found = phases(samples.a_load(samples.phase(0, 1000), samples.phase(1, 100, loss=lossy)))

    assert headline(found) == (
        "1\u202f000 subscribers: delivery p50 1.00\u00a0ms, p99 9.00\u00a0ms, "
        "last subscriber p99 11.00\u00a0ms. "
        "3 of 100 deliveries lost, 2 of them silently."
    )


def test_a_run_without_deliveries_says_so() -> None:
    silent = samples.a_load(samples.phase(0, 5, metrics={}, loss={}), hist={"bits": 7, "phases": {}})

    assert headline(phases(silent)) == "Nothing was delivered. Losses were not counted."


def test_a_sound_result_does_not_contradict_itself() -> None:
    assert contradictions(samples.a_load(), phases(samples.a_load())) == []


def test_contradictions_are_named() -> None:
    result = samples.a_load(
        samples.phase(0, 100, metrics={"deliver": {"n": 11}}),
        hist={"bits": 7, "phases": {"0": {"deliver": samples.DELIVER}, "9": {}}},
        invalid=["worker 0 was busy"],
        exit_code=0,
    )

    assert contradictions(result, phases(result)) == [
        "phase 100: deliver states 11 samples, the histogram holds 10",
        "there are histograms of phase 9, which is not listed",
        "exit code 0 stands beside an invalid run or a failed SLO",
    ]
