"""Runs by many processes: the same figures as by one, and an end that loses no report."""

import os
import resource
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from loadtests._verdict import INVALID
from tests.loadtests.conftest import LOCUST, LONG, SHORT, Outcome, outcome, start, stub
from tests.loadtests.test_calibration import judged
from tests.ports import free_port

WATCHED = ("--server-pid", str(os.getpid()), "--server-metrics", "http://127.0.0.1:9/metrics")
UNUSUAL = ("--kts", "off", "--source-ips", "127.0.4.0/30")
CASES: dict[str, tuple[tuple[str, ...], tuple[str, ...], int]] = {  # faults, options, processes
    "one": ((), ("--settle", "4"), 1),
    "two": ((), ("--settle", "4"), 2),
    "two, and a server that loses": (("--lose", "7"), ("--pub-rate", "5", "--settle", "10"), 2),
    "two, for a while": ((), ("--hold", "60", "--run-time", "3", *WATCHED, *UNUSUAL), 2),
}


def processes(number: int) -> tuple[str, ...]:
    """Options for so many, with a master that no other test's workers find."""
    port = str(free_port())
    bind = ("--master-bind-host", "127.0.0.1", "--master-bind-port", port, "--master-port", port)
    return ("--processes", str(number), *bind) if number > 1 else ()


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """A run per case, two at a time: each is three processes, and all of them shall get their turns."""
    folder = tmp_path_factory.mktemp("runs")
    names = list(CASES)
    return {**_together(folder, names[:2]), **_together(folder, names[2:])}


def _together(folder: Path, names: list[str]) -> dict[str, Outcome]:
    with ExitStack() as stack:
        started = {}
        for name in names:
            faults, options, number = CASES[name]
            url = stack.enter_context(stub(*faults))
            out = folder / f"{list(CASES).index(name)}.json"
            process = start(url, out, *SHORT, *options, *processes(number))
            stack.callback(process.kill)
            started[name] = process, out, url
        return {name: outcome(*those) for name, those in started.items()}


def test_two_processes_come_to_the_same_totals_as_one(runs: dict[str, Outcome]) -> None:
    one, two = runs["one"], runs["two"]

    assert (judged(one), judged(two)) == (0, 0)
    for done in (one, two):
        metrics = done.phase["metrics"]
        counts = {
            name: metrics[name]["n"] for name in ("deliver", "connect", "first_event", "last_subscriber")
        }
        assert counts == {"deliver": 20 * 2 * 20, "connect": 20, "first_event": 20, "last_subscriber": 40}
        assert done.injected["published"] == 120
        assert (done.loss["lost"], done.loss["dup"]) == (0, 0)
        assert done.phase["achieved_pub_s"] == done.phase["offered_pub_s"] == 20


def test_all_that_workers_counted_is_in_the_document(runs: dict[str, Outcome]) -> None:
    result = runs["two"].result

    assert result is not None
    assert [worker["reported"] for worker in result["workers"]] == [True, True]
    assert len({worker["id"] for worker in result["workers"]}) == 2
    reached = [row[2] for row in result["events"]["rows"]]
    assert max(reached) == 20
    assert sum(result["series"]["deliveries"]) == sum(reached)
    assert sum(result["series"]["conn_ok"]) == max(result["series"]["subs"]) == 20
    assert sum(n for row in result["series"]["heat"]["rows"] for _, n in row) == sum(reached)


def test_probes_of_all_workers_take_turns(runs: dict[str, Outcome]) -> None:
    result = runs["two"].result

    assert result is not None
    by_source: dict[str, list[int]] = {}
    for source, seq, *_ in result["events"]["rows"]:
        by_source.setdefault(source, []).append(seq)
    assert sorted(by_source) == [f"probe-{result['run']['id']}-{index}" for index in range(2)]
    assert [max(seqs) for seqs in by_source.values()] == [59, 59]


def test_workers_share_a_clock_and_need_no_correction(runs: dict[str, Outcome]) -> None:
    result = runs["two"].result

    assert result is not None
    assert result["clocks"] == {"domains": 1, "bound_us": 0}
    assert runs["two"].phase["metrics"]["deliver_xdom"]["n"] == 0


def test_locusts_own_rows_are_those_of_all_workers(runs: dict[str, Outcome]) -> None:
    result, rows = runs["two"].result, runs["two"].text.splitlines()

    assert result is not None
    reached = sum(row[2] for row in result["events"]["rows"])
    deliver = next(line.split() for line in rows if line.startswith("SSE      deliver"))
    assert deliver[2:4] == [str(reached), "0(0.00%)"]


def test_loss_is_exact_across_processes(runs: dict[str, Outcome]) -> None:
    done = runs["two, and a server that loses"]

    assert done.injected["lost"] > 0
    assert done.loss["lost"] == done.loss["silent"] == done.injected["lost"]
    assert judged(done) == 3


def test_a_run_time_is_as_good_a_plan_as_ours(runs: dict[str, Outcome]) -> None:
    done = runs["two, for a while"]

    assert done.phase["t"] == [0, 3]
    assert judged(done) == 0
    assert done.loss["lost"] == 0


def test_what_cannot_be_seen_of_a_server_is_said_and_the_rest_recorded(runs: dict[str, Outcome]) -> None:
    done = runs["two, for a while"]

    assert done.result is not None
    assert done.result["errors"].keys() == {"server metrics: Connection refused"}
    assert min(done.result["series"]["server_rss_mb"]) > 0
    assert "http://127.0.0.1:9/metrics: server metrics: Connection refused" in done.text


def test_without_kernel_stamps_and_from_many_addresses_it_is_the_same(runs: dict[str, Outcome]) -> None:
    done = runs["two, for a while"]

    assert done.result is not None
    assert [worker["kts"] for worker in done.result["workers"]] == [False, False]
    assert done.result["env"]["kts"] is False
    assert "arrivals timed by this process" in done.text
    assert done.phase["metrics"]["client_lag"]["max_us"] == 0
    assert done.phase["metrics"]["connect"]["n"] == 20


def published(url: str, least: int, seconds: float = LONG / 2) -> None:
    """Wait until so many probes came to the stub."""
    until = time.monotonic() + seconds
    while httpx.get(f"{url}/stats", trust_env=False, timeout=seconds).json().get("published", 0) < least:
        assert time.monotonic() < until, "nothing is published"
        time.sleep(0.1)


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_a_signal_to_all_of_them_still_loses_no_report(tmp_path: Path, sign: signal.Signals) -> None:
    """Ctrl-C reaches master and workers at once, and so does whoever ends a service."""
    out = tmp_path / "result.json"

    with stub() as url:
        process = start(url, out, *SHORT, "--hold", "60", *processes(2), session=True)
        published(url, 30)
        os.killpg(process.pid, sign)
        done = outcome(process, out, url)

    assert done.code == INVALID, done.text
    assert done.result is not None
    assert "stopped before the plan was through" in done.result["invalid"]
    assert [worker["reported"] for worker in done.result["workers"]] == [True, True]
    assert done.loss["lost"] == 0
    assert done.loss["expected"] > 0


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.skipif(
    resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 10_600, reason="needs 10 600 open files: ulimit -Hn 10600"
)
@pytest.mark.parametrize("ended", ["by plan", "by a signal to all"])
@pytest.mark.parametrize("number", [1, 2])
def test_ten_thousand_users_are_drained_to_the_last(tmp_path: Path, number: int, ended: str) -> None:
    """Locust gives workers half a second for their last report, and stopping so many users takes longer."""
    out = tmp_path / "result.json"
    many = ("--levels", "10000", "--settle", "20", "--hold", "10", "--pub-rate", "1")

    with stub() as url:
        process = start(url, out, "--scenario", "fanout", *many, *processes(number), session=True)
        if ended != "by plan":
            published(url, 25, seconds=120)
            os.killpg(process.pid, signal.SIGINT)
        done = outcome(process, out, seconds=300)

    assert done.result is not None, done.text
    assert [worker["reported"] for worker in done.result["workers"]] == [True] * number
    assert not [reason for reason in done.result["invalid"] if "lost on their way" in reason]
    assert done.loss["lost"] == 0
    assert done.loss["expected"] > 10_000
    reached = sum(row[2] for row in done.result["events"]["rows"])
    assert sum(done.result["series"]["deliveries"]) == reached
    assert reached >= done.loss["expected"]  # what the server took too long to confirm, nobody may expect


def test_a_worker_that_dies_makes_the_run_invalid(tmp_path: Path) -> None:
    out = tmp_path / "result.json"

    with stub() as url:
        process = start(url, out, *SHORT, "--hold", "4", *processes(2))
        published(url, 30)
        children = subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True).split()
        os.kill(int(children[0]), signal.SIGKILL)
        done = outcome(process, out)

    assert done.code == INVALID, done.text
    assert done.result is not None
    assert any("gone before the end" in reason for reason in done.result["invalid"]), done.result["invalid"]
    assert sorted(worker["reported"] for worker in done.result["workers"]) == [False, True]
    assert done.loss["lost"] == 0  # nobody knows what that worker published, so nobody misses it


def test_a_worker_that_comes_late_takes_part(tmp_path: Path) -> None:
    out, port = tmp_path / "result.json", str(free_port())
    worker = [*LOCUST, "--worker", "--master-port", port]
    roles = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port)
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)

    with stub() as url, ExitStack() as stack:
        process = start(url, out, *SHORT, "--hold", "120", *roles)
        first = stack.enter_context(subprocess.Popen(worker, cwd=tmp_path, **quiet))
        published(url, 5)
        second = stack.enter_context(subprocess.Popen(worker, cwd=tmp_path, **quiet))
        assert any("Worker 1 came late" in line for line in process.stdout or ())
        so_far = httpx.get(f"{url}/stats", trust_env=False).json()["published"]
        published(url, so_far + 60)  # three seconds with both of them
        process.send_signal(signal.SIGINT)
        done = outcome(process, out, url)
        codes = first.wait(LONG), second.wait(LONG)

    assert done.result is not None, done.text
    assert codes == (0, 0)
    assert [worker["reported"] for worker in done.result["workers"]] == [True, True], done.text
    assert done.loss["lost"] == 0
    assert (
        len({row[0] for row in done.result["events"]["rows"]}) == 1
    )  # what is published was dealt out before
    assert max(done.result["series"]["subs"]) >= 20


def test_a_worker_without_our_locustfile_is_said(tmp_path: Path) -> None:
    out, port = tmp_path / "result.json", str(free_port())
    (tmp_path / "other.py").write_text("import locust\n\n\nclass Subscriber(locust.User):\n    pass\n")
    worker = [LOCUST[0], "-f", "other.py", "--worker", "--master-port", port]
    roles = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", port)

    with stub() as url:
        process = start(url, out, *SHORT, *roles)
        with subprocess.Popen(
            worker,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as stranger:
            done = outcome(process, out, url)
            stranger.wait(LONG)

    assert (done.code, done.result) == (INVALID, None), done.text
    assert "does not answer: start it with `-f loadtests/` of the same version" in done.text
