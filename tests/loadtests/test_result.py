"""The result file, from books that were written by hand."""

import json
from dataclasses import replace
from typing import Any

import pytest

from loadtests._accounting import Loss
from loadtests._ledger import Ledger, Sample
from loadtests._plan import Plan, Step, Window
from loadtests._result import Books
from loadtests._schedule import Schedule
from loadtests._tally import Delivery, HistogramKey, Share, Tally
from loadtests._timetable import Even
from reports.load import decode
from reports.load_schema import Load
from reports.metrics import contradictions, phases

SECOND = 10**9
BEGIN = 1_764_000_000
PLAN = Plan.of((Step("2", 2, 1, 1, 2), Step("3", 3, 1, 1, 2)), BEGIN * SECOND)
SCHEDULE = Schedule(Even(PLAN.begin_ns, PLAN.end_ns, 1))
SOURCE = "probe-r-0"


def delivery(seq: int, *latencies: int) -> Delivery:
    due = SCHEDULE.intended_ns(seq)
    found = Delivery(PLAN.window_at(due), due // SECOND)
    for us in latencies:
        found.deliver.add(us)
        found.deliver_sent.add(us - 10)
        found.lag.add(1)
    return found


@pytest.fixture
def books() -> Books:
    """One probe a second; probe 4, in the second phase, was lost for one of three and slow for another."""
    first, second = Tally(), Tally()
    first.deliveries = {
        (SOURCE, 0): delivery(0, 900),
        (SOURCE, 1): delivery(1, 100, 200),
        (SOURCE, 2): delivery(2, 300, 500),
    }
    first.deliveries[SOURCE, 4] = delivery(4, 1000)
    second.deliveries = {(SOURCE, 4): delivery(4, 70_000), (SOURCE, 5): delivery(5, 400, 400, 500)}
    for seq in range(6):
        second.histograms[HistogramKey(PLAN.window_at(SCHEDULE.intended_ns(seq)), "publish")].add(50)
    second.histograms[HistogramKey(Window(0, judged=False), "connect")].add(2_000)
    second.losses[0] = Loss(4, 0)
    second.losses[1] = Loss(9, 1)
    second.counts[1, "dup"] = 2
    second.seconds[BEGIN + 4, "lost"] = 1
    second.errors["stream: eof"] = 1
    second.shares[0] = [Share(0, 2, 400), Share(1, 2, 700)]
    ledger = Ledger()
    ledger.add(first)
    ledger.add(second)
    ledger.samples += [
        Sample(BEGIN + second, 0, min(3, second), 10.0 + second, 50.0) for second in (-1, 0, 1, 3, 4, 5)
    ]
    return Books(PLAN, {SOURCE: SCHEDULE}, ledger, {})


def test_what_is_due_while_settling_is_not_judged(books: Books) -> None:
    first, second = books.document()["phases"]

    assert (first["t"], first["judged"], second["t"], second["judged"]) == ([0, 3], [1, 3], [3, 6], [4, 6])
    assert (first["metrics"]["deliver"]["n"], first["metrics"]["deliver"]["max_us"]) == (4, 500)
    assert first["metrics"]["connect"]["n"] == 1
    assert (first["offered_pub_s"], first["achieved_pub_s"], first["deliveries_s"]) == (1, 1, 2)


def test_the_last_subscriber_is_found_across_reports(books: Books) -> None:
    _, second = books.document()["phases"]

    assert second["metrics"]["last_subscriber"]["max_us"] == 70_000
    assert second["metrics"]["spread"]["max_us"] == 69_000
    assert [SOURCE, 4, 2, 1_000, 70_000] in books.document()["events"]["rows"]


def test_loss_is_told_by_phase_and_in_all(books: Books) -> None:
    _, second = books.document()["phases"]

    assert second["loss"] == {
        "expected": 9,
        "lost": 1,
        "silent": 1,
        "announced": 0,
        "dup": 2,
        "late": 0,
        "history": 0,
    }
    assert books.whole()["loss"]["expected"] == 13
    assert books.whole()["metrics"]["deliver"]["n"] == 9


def test_the_series_is_second_by_second_without_holes(books: Books) -> None:
    series = books.document()["series"]

    assert (series["t"], series["t0"]) == ([0, 1, 2, 3, 4, 5], "2025-11-24T16:00:00.000Z")
    assert series["subs"] == [0, 1, 1, 3, 3, 3]
    assert series["lost"] == [0, 0, 0, 0, 1, 0]
    assert series["server_cpu"] == []
    assert series["heat"]["rows"][1] == [(96, 1), (192, 1)]


def test_the_server_is_in_the_same_time_line(books: Books) -> None:
    seen = {
        BEGIN + 1: {"cpu_percent": 30.0, "rss_mb": 80.0, "open_streams": 3.0},
        BEGIN + 4: {"cpu_percent": 0.0, "rss_mb": 0.0},
    }

    series = replace(books, server=seen).document()["series"]

    assert series["server_cpu"] == [30, 30, 30, 30, 0, 0]  # where nobody looked it stayed as it was
    assert series["server_rss_mb"] == [80, 80, 80, 80, 0, 0]
    assert series["server"] == {"open_streams": [3, 3, 3, 3, 3, 3]}


def test_streams_of_all_workers_add_up_and_the_busiest_one_counts(books: Books) -> None:
    books.ledger.samples += [Sample(BEGIN + second, 1, 7, 5.0 * second, 40.0) for second in (1, 4)]

    series = books.document()["series"]

    assert series["subs"] == [0, 1 + 7, 1 + 7, 3 + 7, 3 + 7, 3 + 7]
    assert series["client_cpu"] == [10, 11, 11, 13, 20, 20]
    assert (books.cpu_percent(1), books.rss_mb(1)) == ([5.0, 20.0], 40)


def test_deliveries_across_clocks_are_apart(books: Books) -> None:
    away = Tally()
    away.deliveries = {(SOURCE, 1): delivery(1, 9_000)}
    books.ledger.add(away, foreign={SOURCE})

    first, _ = books.document()["phases"]

    assert (first["metrics"]["deliver"]["max_us"], first["metrics"]["deliver_xdom"]["max_us"]) == (500, 9_000)
    assert first["metrics"]["last_subscriber_xdom"]["max_us"] == 9_000
    assert [SOURCE, 1, 3, 100, 200] in books.document()["events"]["rows"]


def test_evidence_is_of_judged_seconds(books: Books) -> None:
    first, second = books.evidence()

    assert (first.reached, second.reached) == (1, 3)
    assert (first.offered, first.achieved) == (2, 2)
    assert books.cpu_percent(0) == [11.0, 14.0, 15.0]


def test_reports_read_the_document_and_find_no_contradiction(books: Books) -> None:
    document: dict[str, Any] = {
        "schema": "eventbahn-load/1",
        "run": {
            "id": "r",
            "scenario": "fanout",
            "started": "2025-11-24T16:00:00.000Z",
            "target": "http://127.0.0.1",
        },
        **books.document(),
        "slo": [],
        "invalid": [],
        "exit_code": 0,
    }

    result = decode(json.dumps(document).encode())

    assert isinstance(result, Load)
    assert contradictions(result, phases(result)) == []
