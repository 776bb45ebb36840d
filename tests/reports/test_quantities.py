"""What can be asked of a result by name, in literal figures."""

import pytest

from loadtests._slo import METRICS, TIMED
from reports.load_schema import Load
from reports.quantities import KNOWN, figure, quantities, timed
from reports.schemas import Conformance, Fleet, Result
from tests.reports import samples
from tests.reports.samples import row


def test_a_phase_and_the_whole_run_have_their_own_figures() -> None:
    found = quantities(samples.a_load())

    assert found["phase[100].deliver.p99"] == 9000
    assert found["phase[1000].deliver.n"] == 10
    assert found["deliver.n"] == 20
    assert found["deliver.p50"] == 1000
    assert found["deliver.max"] == 9100
    assert found["last_subscriber.p99"] == 11000


def test_counts_add_up_and_rates_are_the_highest() -> None:
    lost = {"expected": 10, "lost": 2, "silent": 1}
    fair = {"jain": 0.5}
    found = quantities(
        samples.a_load(
            samples.phase(0, 10, loss=lost, fairness={"jain": 0.9}),
            samples.phase(1, 20, loss=lost, fairness=fair, resume={"gap": 3, "back50_ms": 7}),
        )
    )

    assert (found["loss.silent"], found["loss.expected"]) == (2, 20)
    assert found["deliveries_s"] == pytest.approx(198)
    assert found["fairness.jain"] == 0.5
    assert (found["resume.gap"], found["resume.back50"]) == (3, 7000)


def test_what_was_stated_without_a_histogram_has_no_quantile_of_the_run() -> None:
    stated = {"connect": {"n": 4, "p50_us": 77, "p99_us": 88, "max_us": 90}}
    found = quantities(samples.a_load(samples.phase(0, 100, metrics=stated), samples.phase(1, 1000)))

    assert found["phase[100].connect.p99"] == 88
    assert found["connect.max"] == 90
    assert "connect.p99" not in found


def test_a_server_that_was_watched_has_a_cost_per_delivery() -> None:
    series = {
        "step_s": 1,
        "t": [0, 5, 6],
        "deliveries": [0, 100, 100],
        "server_cpu": [90.0, 10.0, 30.0],
        "server_rss_mb": [50, 60, 55],
    }
    found = quantities(samples.a_load(samples.phase(0, 10), series=series))

    assert found["server.cpu"] == 20
    assert found["server.rss_mb"] == 60
    assert found["server.cpu_us_per_delivery"] == 2000


def test_a_conformance_result_is_asked_by_verdict_and_level() -> None:
    found = quantities(samples.a_conformance())

    assert (found["fail"], found["must.fail"], found["should.warn"], found["coverage"]) == (1, 1, 1, 0.75)


def test_a_fleet_is_asked_by_what_is_missing() -> None:
    devices = {"a": samples.delivery(), "b": samples.delivery(seen=90, missing=10, ok=False)}
    found = quantities(samples.a_fleet(devices=devices))

    assert (found["devices"], found["failed"], found["missing"], found["expected"]) == (2, 1, 10, 200)


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        (Load, samples.a_load()),
        (Conformance, samples.a_conformance(row("A-B-1", "PASS"))),
        (Fleet, samples.a_fleet()),
    ],
)
def test_every_figure_of_a_sample_is_a_known_name(kind: type[Result], result: Result) -> None:
    assert {name for name in quantities(result) if not name.startswith("phase[")} <= KNOWN[kind]


def test_times_are_told_from_counts() -> None:
    assert timed("phase[5].deliver.p99")
    assert timed("resume.back50")
    assert not timed("loss.silent")
    assert not timed("deliver.n")


def test_a_figure_carries_the_unit_of_its_name() -> None:
    assert figure("phase[5].deliver.p99", 9000) == "9.00\u00a0ms"
    assert figure("resume.back50", 120_000) == "120.00\u00a0ms"
    assert figure("loss.lost", 1234) == "1\u202f234"
    assert figure("coverage", 0.875) == "0.875"


def test_whatever_a_load_test_promises_can_be_asked() -> None:
    assert not {*METRICS} - KNOWN[Load]
    assert {name for name in METRICS if timed(name)} == {*TIMED}


def test_whoever_was_refused_in_any_way_is_added_up_over_phases() -> None:
    refused = dict.fromkeys(("refused", "http_429", "http_4xx", "http_5xx", "http_other"), 2)
    found = quantities(samples.a_load(*(samples.phase(n, 10 + n, resume=refused) for n in range(3))))

    assert {found[f"resume.{name}"] for name in refused} == {6}
