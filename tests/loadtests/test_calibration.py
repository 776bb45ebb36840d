"""Whole runs against a server whose faults are known to the last delivery, and against our own."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import Serve
from tests.loadtests.conftest import SHORT, Load, Outcome, outcome, start, stub

BUSY = ("the machine is busy", "before the generator read them", "generator CPU")

CASES = {
    "does well": (),
    "delays": ("--delay", "0.05"),
    "loses": ("--lose", "7"),
    "repeats": ("--repeat", "5"),
    "cuts": ("--cut", "20"),
    "cuts and forgets": ("--cut", "20", "--forget"),
    "cuts, forgets and says so": ("--cut", "20", "--forget", "--reset"),
    "refuses": ("--refuse", "10"),
}
OBJECTIVES = {"delays": ("--slo", "deliver.p50<=49ms", "--slo", "deliver.min>=50ms")}


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """A run per case, all at once: counts are exact however busy the machine is."""
    folder = tmp_path_factory.mktemp("runs")
    with ExitStack() as stack:
        urls = {case: stack.enter_context(stub(*faults)) for case, faults in CASES.items()}
        outs = {case: folder / f"{number}.json" for number, case in enumerate(CASES)}
        runs = {case: start(urls[case], outs[case], *SHORT, *OBJECTIVES.get(case, ())) for case in CASES}
        yield {case: outcome(runs[case], outs[case], urls[case]) for case in CASES}


def judged(done: Outcome) -> int:
    """The exit code as far as the server goes: a machine too busy for a valid run is not its fault."""
    assert done.result is not None, done.text
    assert done.code == done.result["exit_code"]
    assert all(any(blame in reason for blame in BUSY) for reason in done.result["invalid"]), done.text
    return 3 if not all(row["ok"] for row in done.result["slo"]) else 0


def test_a_clean_server_passes_with_nothing_lost(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["does well"]

    assert judged(done) == 0
    assert (done.loss["lost"], done.loss["dup"]) == (0, 0)
    assert done.phase["metrics"]["deliver"]["n"] == 20 * 2 * 20
    assert done.phase["metrics"]["last_subscriber"]["n"] == 2 * 20
    assert done.phase["metrics"]["connect"]["n"] == done.phase["metrics"]["first_event"]["n"] == 20
    assert done.phase["achieved_pub_s"] == done.phase["offered_pub_s"] == 20
    assert "loss.silent==0: 0" in done.text


def test_series_and_rows_hold_every_delivery(calibrated: dict[str, Outcome]) -> None:
    result = calibrated["does well"].result

    assert result is not None
    reached = [row[2] for row in result["events"]["rows"]]
    assert max(reached) == 20
    assert sum(result["series"]["deliveries"]) == sum(reached)
    assert sum(result["series"]["conn_ok"]) == 20
    assert sum(n for row in result["series"]["heat"]["rows"] for _, n in row) == sum(reached)
    assert sum(result["series"]["published"]) == calibrated["does well"].injected["published"] == 60


def test_a_constant_delay_is_seen_and_fails_an_objective(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["delays"]

    metrics = done.phase["metrics"]
    assert 50_000 * 127 / 128 <= metrics["deliver"]["p50_us"] < 10 * 50_000
    assert metrics["deliver"]["min_us"] >= 50_000
    assert metrics["publish"]["min_us"] < 50_000
    assert judged(done) == 3
    assert done.result is not None
    assert [row["ok"] for row in done.result["slo"]] == [True, False, True]


def test_every_lost_delivery_is_counted(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["loses"]

    assert done.injected["lost"] > 0
    assert done.loss["lost"] == done.loss["silent"] == done.injected["lost"]
    assert done.loss["dup"] == 0
    assert judged(done) == 3
    assert done.result is not None
    assert sum(done.result["series"]["lost"]) == done.injected["lost"]


def test_every_repeated_delivery_is_counted(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["repeats"]

    assert done.injected["repeated"] > 0
    assert (done.loss["dup"], done.loss["lost"]) == (done.injected["repeated"], 0)


def test_a_cut_stream_resumes_and_loses_nothing(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts"]

    assert done.loss["lost"] == 0
    assert done.phase["resume"]["reconnects"] == done.injected["cut"] == 20
    assert done.phase["resume"]["replayed"] > 0
    assert done.phase["resume"]["back50_ms"] >= 100
    assert done.result is not None
    assert done.result["errors"] == {"stream: eof": 20}


def test_what_was_missed_while_away_is_silent_loss(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts and forgets"]

    assert done.injected["forgotten"] > 0
    assert (done.loss["lost"], done.loss["announced"]) == (done.injected["forgotten"], 0)


def test_what_the_server_owned_up_to_is_announced_loss(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts, forgets and says so"]

    assert done.injected["forgotten"] > 0
    assert done.loss["lost"] == done.loss["announced"] == done.injected["forgotten"]
    assert done.loss["silent"] == 0


def test_a_refused_probe_is_counted_and_nobody_misses_it(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["refuses"]

    assert done.injected["refused"] > 0
    assert done.result is not None
    assert done.result["errors"] == {"publish: HTTP 503": done.injected["refused"]}
    assert done.loss["lost"] == 0
    assert done.code == 4
    assert any("phase 20: the server took" in reason for reason in done.result["invalid"])


def test_smoke_against_our_own_server(load: Load, serve: Serve) -> None:
    done = load(serve().url, "--scenario", "smoke", "--hold", "2", "--slo", "deliver.p99<=60s")

    assert judged(done) == 0, done.text
    assert done.loss["lost"] == 0
    assert done.phase["metrics"]["deliver"]["n"] == 50 * 2 * 5
