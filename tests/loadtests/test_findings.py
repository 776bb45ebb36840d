"""What scenarios find by comparing phases, from books that were written by hand."""

from dataclasses import replace

import pytest

from loadtests._catalogue import SCENARIOS
from loadtests._findings import findings, unstruck
from loadtests._histogram import Histogram
from loadtests._ledger import Ledger, Reached
from loadtests._plan import Plan, Step, Window
from loadtests._result import Books
from loadtests._schedule import Schedule
from loadtests._tally import HistogramKey
from loadtests._timetable import Even
from loadtests._watch import RSS_MB

SECOND = 10**9
BEGIN = 1_764_000_000


def books(*steps: Step, topics: int = 1) -> Books:
    plan = Plan.of(steps, BEGIN * SECOND)
    timetable = Even(plan.begin_ns, plan.end_ns, 10)
    sources = {
        f"s-{number}": Schedule(timetable, number, topics, f"load-r-{number}") for number in range(topics)
    }
    return Books(plan, sources, Ledger(), {})


def judged(phase: int, metric: str) -> HistogramKey:
    return HistogramKey(Window(phase, judged=True), metric)


def test_good_readers_are_compared_and_slow_ones_told_apart() -> None:
    found = books(
        *(
            Step("without", 10, 10, 1, 5),
            Step("with", 12, 10, 1, 5, slow=2),
            Step("after", 12, 10, 0, 5, slow=2),
        )
    )
    ledger = found.ledger
    ledger.histograms[judged(0, "deliver")] = Histogram([10_000] * 100)
    ledger.histograms[judged(1, "deliver")] = Histogram([25_000] * 100)
    ledger.counts.update({(1, "stalled"): 1, (1, "stalled_evicted"): 1, (1, "trickle"): 1})
    ledger.histograms[judged(1, "stalled_bytes")] = Histogram([4_000_000])

    slow = findings(SCENARIOS["slow"], found)["slow"]

    assert slow["p99_ratio"] == pytest.approx(2.5, rel=0.01)
    assert (slow["stalled"], slow["stalled_evicted"]) == (slow["trickle"], 1) == (1, 1)
    assert slow["trickle_evicted"] == 0
    assert slow["stalled_bytes"]["most"] == 4_000_000
    assert slow["trickle_bytes"] == {"least": None, "median": None, "most": None}


def test_a_run_that_ended_before_the_slow_ones_came_claims_nothing() -> None:
    slow = findings(SCENARIOS["slow"], books(Step("without", 10, 10, 1, 5)))["slow"]

    assert (slow["p99_ratio"], slow["stalled"]) == (None, 0)


def test_topics_have_their_subscribers_and_latencies() -> None:
    found = books(Step("10", 10, 10, 1, 5), topics=3)
    ledger, window = found.ledger, Window(0, judged=True)
    ledger.arrivals = {
        ("s-0", 0): Reached(window, BEGIN, 6, 100, 200),
        ("s-0", 1): Reached(window, BEGIN, 7, 100, 200),
        ("s-2", 0): Reached(window, BEGIN, 3, 100, 200),
    }
    ledger.histograms[judged(0, "topic 0")] = Histogram([50] * 13)
    ledger.histograms[judged(0, "topic 2")] = Histogram([70] * 3)
    ledger.counts[0, "leak"] = 4

    topics = findings(replace(SCENARIOS["topics"], topics=3), found)["topics"]

    assert (topics["leak"], topics["count"]) == (4, 3)
    assert topics["rows"] == [
        {"topic": 0, "subs": 7, "n": 13, "p50_us": 50, "p99_us": 50},
        {"topic": 2, "subs": 3, "n": 3, "p50_us": 70, "p99_us": 70},
    ]


def test_what_grows_has_a_slope_an_hour() -> None:
    found = books(Step("10", 10, 10, 60, 1_200))
    for second in range(1_260):
        found.ledger.heat[BEGIN + second] = Histogram([2_000 + second] * 10)
    found.ledger.seconds[BEGIN + 100, "disconnects"] = 2
    seen = {BEGIN + second: {RSS_MB: 50 + second / 36} for second in range(1_260)}

    drift = findings(SCENARIOS["soak"], replace(found, server=seen))["drift"]

    assert (drift["window_s"], len(drift["p99_us"])) == (60, 20)
    assert drift["p99_us_per_h"] == pytest.approx(3_600, rel=0.05)
    assert 0 < drift["p99_low"] <= drift["p99_us_per_h"] <= drift["p99_high"]
    assert drift["rss_mb_per_h"] == pytest.approx(100)
    assert drift["disconnects_per_h"] == 6


def test_a_server_that_nobody_looked_at_has_no_memory() -> None:
    drift = findings(SCENARIOS["soak"], books(Step("10", 10, 10, 0, 40)))["drift"]

    assert (drift["rss_mb_per_h"], drift["p99_us_per_h"], drift["p99_us"]) == (None, None, [None] * 20)


def test_other_scenarios_compare_nothing() -> None:
    assert findings(SCENARIOS["fanout"], books(Step("10", 10, 10, 1, 5))) == {}


def test_a_storm_that_cut_nothing_was_none() -> None:
    found = books(Step("before", 5, 10, 1, 2), Step("retry", 5, 10, 1, 2, storm=True))

    assert unstruck(found) == [
        "phase retry: no stream was cut, so this was no storm (see errors, and --storm-hook)"
    ]
    found.ledger.counts[1, "cut"] = 5
    assert unstruck(found) == []
