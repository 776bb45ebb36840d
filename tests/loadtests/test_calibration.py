"""Whole runs against a server whose faults are known to the last delivery, and against our own."""

import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from tests.conftest import DEADLINE, Serve
from tests.loadtests.conftest import SHORT, Load, Outcome, outcome, start, stub, stub_process

SECOND = 1_000_000_000
BUSY = ("the machine is busy", "before the generator read them", "generator CPU")

CASES = {
    "does well": (),
    "delays": ("--delay", "0.025"),
    "loses": ("--lose", "7"),
    "loses what packs expect": ("--lose", "7"),
    "repeats": ("--repeat", "5"),
    "swaps": ("--swap", "6"),
    "does all of it": ("--lose", "7", "--repeat", "5", "--swap", "6"),
    "cuts": ("--cut", "20"),
    "cuts, and replays too much": ("--cut", "20", "--again", "3"),
    "cuts and forgets": ("--cut", "20", "--forget"),
    "cuts, forgets and says so": ("--cut", "20", "--forget", "--reset"),
    "refuses": ("--refuse", "10"),
}
OPTIONS = {
    "delays": ("--slo", "deliver.p50<=24ms", "--slo", "deliver.min>=25ms"),
    "loses what packs expect": ("--subs-per-user", "5"),
}


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """A run per case, all at once: counts are exact however busy the machine is."""
    folder = tmp_path_factory.mktemp("runs")
    with ExitStack() as stack:
        urls = {case: stack.enter_context(stub(*faults)) for case, faults in CASES.items()}
        outs = {case: folder / f"{number}.json" for number, case in enumerate(CASES)}
        runs = {case: start(urls[case], outs[case], *SHORT, *OPTIONS.get(case, ())) for case in CASES}
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
    assert metrics["deliver"]["min_us"] >= 25_000
    assert metrics["publish"]["min_us"] < 25_000
    assert judged(done) == 3
    assert done.result is not None
    assert [row["ok"] for row in done.result["slo"]] == [True, False, True]


def test_a_delay_comes_out_as_what_the_server_did(calibrated: dict[str, Outcome]) -> None:
    """It knows itself when it wrote each event: on a busy machine later than it was told to."""
    done = calibrated["delays"]

    since_ns = done.began_ns + SECOND  # settling is not judged
    truth_us = [(written - due) // 1000 for due, written in done.record if due >= since_ns]
    deliver = done.phase["metrics"]["deliver"]
    assert min(truth_us) >= 25_000
    assert deliver["n"] == len(truth_us)
    assert deliver["min_us"] >= min(truth_us)
    assert deliver["max_us"] >= max(truth_us)
    assert 127 / 128 <= deliver["p50_us"] / statistics.median_low(truth_us) <= 1.1


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


def test_every_swapped_delivery_is_counted_as_late(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["swaps"]

    assert done.injected["swapped"] > 0
    assert (done.loss["late"], done.loss["lost"], done.loss["dup"]) == (done.injected["swapped"], 0, 0)


def test_loss_repetition_and_disorder_do_not_hide_each_other(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["does all of it"]

    counted = {name: done.loss[name] for name in ("lost", "dup", "late")}
    injected = {name: done.injected[name] for name in ("lost", "repeated", "swapped")}
    assert min(injected.values()) > 0
    assert list(counted.values()) == list(injected.values())


def test_subscribers_in_packs_count_as_others_do(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["loses what packs expect"]

    assert done.phase["metrics"]["connect"]["n"] == 20
    assert done.loss["lost"] == done.injected["lost"] > 0
    assert done.loss["expected"] == done.loss["lost"] + sum(row[2] for row in done.rows)


def test_a_cut_stream_resumes_and_loses_nothing(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts"]

    assert done.loss["lost"] == 0
    assert (done.phase["resume"]["gap"], done.phase["resume"]["dup"]) == (0, 0)
    assert done.phase["resume"]["reconnects"] == done.injected["cut"] == 20
    assert done.phase["resume"]["replayed"] > 0
    assert done.phase["resume"]["back50_ms"] >= 100
    assert done.result is not None
    assert done.result["errors"] == {"stream: eof": 20}


def test_what_is_replayed_although_it_was_there_is_a_duplicate(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts, and replays too much"]

    assert done.injected["again"] == 3 * 20
    assert (done.phase["resume"]["gap"], done.phase["resume"]["dup"]) == (0, done.injected["again"])
    assert (done.loss["lost"], done.loss["dup"]) == (0, done.injected["again"])


def test_what_was_missed_while_away_is_silent_loss(calibrated: dict[str, Outcome]) -> None:
    done = calibrated["cuts and forgets"]

    assert done.injected["forgotten"] > 0
    assert (done.loss["lost"], done.loss["announced"]) == (done.injected["forgotten"], 0)
    assert done.phase["resume"]["gap"] == done.injected["forgotten"]


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


def stalled(process: "subprocess.Popen[str]", seconds: float) -> tuple[int, int]:
    """Stop a process for a while: from when on it surely did nothing, and until when."""
    process.send_signal(signal.SIGSTOP)
    while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
        time.sleep(0.001)
    stopped_ns = time.time_ns()
    time.sleep(seconds)
    resumed_ns = time.time_ns()
    process.send_signal(signal.SIGCONT)
    return stopped_ns, resumed_ns


def published(url: str, count: int) -> None:
    """Wait until so many probes are through."""
    until = time.monotonic() + DEADLINE
    while httpx.get(f"{url}/stats", trust_env=False).json().get("published", 0) < count:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_server_that_stalls_is_late_with_all_that_was_due_meanwhile(tmp_path: Path) -> None:
    """Whoever sends the next probe only after the last one was answered would see one that is late."""
    out = tmp_path / "result.json"

    with stub_process() as (url, server):
        process = start(url, out, *SHORT, "--hold", "6")
        published(url, 20 * 2)
        stopped_ns, resumed_ns = stalled(server, 1.2)
        done = outcome(process, out, url)

    assert judged(done) == 0
    late = {
        seq: (n, first_us, resumed_ns - due_ns)
        for _, seq, n, first_us, _ in done.rows
        if stopped_ns <= (due_ns := done.began_ns + seq * SECOND // 20) < resumed_ns
    }
    assert len(late) in {23, 24, 25}  # 1.2 s of 20 a second
    assert {n for n, _, _ in late.values()} == {20}
    assert all(first_us >= late_ns // 1000 for _, first_us, late_ns in late.values())
    assert done.phase["metrics"]["deliver"]["max_us"] >= 1_000_000
    assert done.slower_than(500_000) >= 20 * sum(late_ns > SECOND // 2 for _, _, late_ns in late.values())
    assert (done.loss["lost"], done.phase["achieved_pub_s"]) == (0, 20)


def test_a_generator_that_stalls_says_that_its_run_is_invalid(tmp_path: Path) -> None:
    """What was due meanwhile left late: that is neither the server's latency nor to be left out."""
    out = tmp_path / "result.json"

    with stub() as url:
        process = start(url, out, *SHORT, "--hold", "6")
        published(url, 20 * 2)
        stopped_ns, resumed_ns = stalled(process, 1.2)
        done = outcome(process, out, url)

    assert done.code == 4, done.text
    assert done.result is not None
    assert any("probes left" in reason for reason in done.result["invalid"])
    late_us = done.phase["metrics"]["publisher_late"]["max_us"]
    assert late_us >= (resumed_ns - stopped_ns - SECOND // 20) // 1000
    assert done.loss["lost"] == 0


def test_smoke_against_our_own_server(load: Load, serve: Serve) -> None:
    done = load(serve().url, "--scenario", "smoke", "--hold", "2", "--slo", "deliver.p99<=60s")

    assert judged(done) == 0, done.text
    assert done.loss["lost"] == 0
    assert done.phase["metrics"]["deliver"]["n"] == 50 * 2 * 5
