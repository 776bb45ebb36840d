"""Master and workers on hosts of their own, as far as one machine can be many: clocks and networks apart."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.loadtests.conftest import LOCUST, Outcome, outcome, start, stub
from tests.loadtests.test_calibration import judged
from tests.ports import free_port

RUN = ("--scenario", "fanout", "--levels", "20", "--settle", "4", "--hold", "2", "--pub-rate", "20")
SKEW = 5.3  # seconds that the other host's clock is ahead
DELIVERIES = 20 * 2 * 20


def permitted(*command: str) -> bool:
    """Whether we may do so here."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


needs_time_namespaces = pytest.mark.skipif(
    not permitted("unshare", "--time", "true"),
    reason="needs root, for a clock domain of its own (unshare --time)",
)
needs_faketime = pytest.mark.skipif(
    shutil.which("faketime") is None, reason="needs another clock: apt-get install faketime"
)
needs_networks = pytest.mark.skipif(
    not permitted("unshare", "--net", "true") or shutil.which("ip") is None,
    reason="needs root and iproute2, for network namespaces",
)


def together(out: Path, url: str, *options: str, master: str, workers: Sequence[Sequence[str]]) -> Outcome:
    """A master at an address of ours, and workers that are started by those commands."""
    port = str(free_port())
    roles = ("--master", "--expect-workers", str(len(workers)), "--master-bind-host", master)
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    with ExitStack() as stack:
        process = start(url, out, *RUN, *roles, "--master-bind-port", port, *options)
        for prefix in workers:
            command = [*prefix, *LOCUST, "--worker", "--master-host", master, "--master-port", port]
            worker = stack.enter_context(subprocess.Popen(command, cwd=out.parent, **quiet))
            stack.callback(worker.kill)
        return outcome(process, out)


def apart(done: Outcome) -> dict[str, Any]:
    """What both kinds of clocks have in common: all arrives, half of it from the other clock."""
    assert done.result is not None, done.text
    assert done.loss["lost"] == 0
    metrics = done.phase["metrics"]
    assert metrics["deliver"]["n"] == metrics["deliver_xdom"]["n"] == DELIVERIES / 2
    assert metrics["last_subscriber_xdom"]["n"] == metrics["last_subscriber"]["n"] == 2 * 20
    assert done.result["clocks"]["domains"] == 2
    reached = sum(row[2] for row in done.result["events"]["rows"])
    assert sum(done.result["series"]["deliveries"]) == reached == done.loss["expected"]
    (other,) = [worker for worker in done.result["workers"] if worker["offset_bound_us"]]
    assert isinstance(other, dict)
    return other


@needs_time_namespaces
def test_a_clock_of_its_own_that_agrees_is_found_to_agree(tmp_path: Path) -> None:
    """A time namespace has another name, and the same time of day: so the true offset is nothing."""
    with stub() as url:
        workers = [(), ("unshare", "--time")]
        done = together(tmp_path / "result.json", url, master="127.0.0.1", workers=workers)

    other = apart(done)
    assert abs(other["offset_us"]) <= other["offset_bound_us"]
    assert judged(done) == 0


@needs_time_namespaces
@needs_faketime
def test_a_skew_of_seconds_is_found_within_its_bound(tmp_path: Path) -> None:
    """Latencies from that clock come out as if it had ours; not one of them is taken for exact."""
    with stub("--delay", "0.2") as url:
        workers = [(), ("unshare", "--time", "faketime", "-f", f"+{SKEW}s")]
        done = together(tmp_path / "result.json", url, master="127.0.0.1", workers=workers)

    other = apart(done)
    assert done.result is not None
    assert abs(other["offset_us"] - SKEW * 1_000_000) <= other["offset_bound_us"] + 1
    metrics, bound_us = done.phase["metrics"], done.result["clocks"]["bound_us"]
    assert bound_us < 100_000
    for name in ("deliver", "deliver_xdom"):
        assert 200_000 - bound_us <= metrics[name]["min_us"] < metrics[name]["max_us"] < SKEW * 1_000_000
    assert other["kts"] is False  # the kernel has no part in that deception, and its stamps are not believed
    assert "across clocks (±" in done.text


@contextmanager
def network() -> Iterator[tuple[str, str]]:
    """A network namespace with one cable to ours: its name, and our address at this end of the cable."""
    unique = uuid4()
    name = f"eventbahn-{unique.hex[:8]}"
    ours, theirs = f"v{unique.hex[:8]}a", f"v{unique.hex[:8]}b"
    subnet = f"10.{unique.bytes[0]}.{unique.bytes[1]}"
    here, there = f"{subnet}.1", f"{subnet}.2"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        for command in (
            f"link add {ours} type veth peer name {theirs} netns {name}",
            f"addr add {here}/24 dev {ours}",
            f"link set {ours} up",
            f"-n {name} addr add {there}/24 dev {theirs}",
            f"-n {name} link set {theirs} up",
            f"-n {name} link set lo up",
        ):
            subprocess.run(["ip", *command.split()], check=True)
        yield name, here
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)  # and the cable with it


@needs_networks
def test_two_hosts_with_a_network_of_their_own(tmp_path: Path) -> None:
    """The server and the master are in one network, the workers in another; their machine has one clock."""
    with network() as (name, here), stub("--host", here) as url:
        inside = ("ip", "netns", "exec", name)
        done = together(
            tmp_path / "result.json", url, "--allow-remote", master=here, workers=[inside, (*inside, "env")]
        )

    assert judged(done) == 0, done.text
    assert done.result is not None
    assert done.phase["metrics"]["deliver"]["n"] == DELIVERIES
    assert (done.loss["lost"], done.loss["dup"]) == (0, 0)
    assert [worker["reported"] for worker in done.result["workers"]] == [True, True]
    assert done.result["clocks"]["domains"] == 1


@needs_networks
def test_a_network_namespace_is_another_host(tmp_path: Path) -> None:
    """Its addresses are no loopback, so load on them needs to be permitted."""
    with network() as (_, here), stub("--host", here) as url:
        done = outcome(start(url, tmp_path / "result.json", *RUN), tmp_path / "result.json")

    assert (done.code, done.result) == (2, None)
    assert "is not this machine" in done.text
