"""Every scenario from end to end, for some seconds each, against our own server and against the stub."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.conftest import servers
from tests.loadtests.conftest import Outcome, outcome, start, stub
from tests.loadtests.test_cli import eventually
from tests.loadtests.test_web_interface import interface

BUSY = ("the machine is busy", "before the generator read them", "generator CPU")
RATE = ("--pub-rate", "20")
AT_ONCE = 5  # runs: most of the time they wait
RUNS = {  # the longest first
    "storm": ("--levels", "10", "--settle", "1", "--hold", "2", *RATE, "--jitter", "0.5"),
    "capacity": ("--levels", "2", "--settle", "3", "--hold", "1", "--pub-rate", "10", "--most", "3"),
    "slow": ("--levels", "5", "--settle", "2", "--hold", "2", *RATE, "--payload-bytes", "2000"),
    "free": ("-u", "4", "-r", "4", "-t", "3"),
    "fleet": ("--levels", "3", "--settle", "1", "--hold", "2"),
    "churn": ("--levels", "10", "--settle", "1", "--hold", "2", *RATE, "--windows", "2", "--lifetime", "1"),
    "soak": ("--levels", "5", "--settle", "1", "--hold", "5", *RATE),
    "burst": ("--levels", "5", "--settle", "1", "--hold", "2", *RATE, "--schedule", "burst:20"),
    "topics": ("--levels", "8", "--settle", "1", "--hold", "2", *RATE, "--topics", "3"),
    "ingest": ("--levels", "5", "--settle", "1", "--hold", "1", "--pub-rate", "10,40"),
}
FULL = ("--levels", "4", "--settle", "3", "--hold", "1", *RATE, "--slo", "deliver.p99<=20s")
STORY = ("fleet", "free")  # by what devices and dashboards do without a target
STORM = ("--scenario", "storm", *RUNS["storm"], "--reconnect", "immediate")
CHANNELS = """\
schema = 1
target = {{ name = "eventbahn", base_url = "{url}" }}
subscribe = {{ path = "/events/{{channel}}" }}
[publish]
driver = "http"
request = {{ path = "/events/{{channel}}", json = {{ data = "{{data}}" }} }}
"""
DEAF = """\
schema = 1
target = {{ name = "stub", base_url = "{url}" }}
subscribe = {{ path = "/events", query = {{ channel = "{{channel}}" }} }}
[publish]
driver = "http"
request = {{ path = "/measurements", body = "{{data}}" }}
"""


class Job(NamedTuple):
    """A run, and the stub that it is against, if it is one."""

    url: str
    options: Sequence[str]
    stub: str | None = None


def carried_out(folder: Path, jobs: dict[str, Job]) -> dict[str, Outcome]:
    """Some at a time: counts are exact however busy the machine is, as long as it answers at all."""

    def run(name: str) -> Outcome:
        job, out = jobs[name], folder / f"{name}.json"
        return outcome(start(job.url, out, *job.options), out, job.stub)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(jobs, pool.map(run, jobs), strict=True))


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """A run of each scenario against one reference server, on a channel of its own but for two."""
    folder = tmp_path_factory.mktemp("runs")
    target = folder / "target.toml"
    with contextmanager(servers)() as serve:
        url = serve("--retry", "300").url
        target.write_text(CHANNELS.format(url=url), encoding="utf-8")
        apart = ("--target", str(target))
        jobs = {
            name: Job(url, ("--scenario", name, *options, *(() if name in STORY else apart)))
            for name, options in RUNS.items()
        }
        yield carried_out(folder, jobs)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    """Runs against stubs that do wrong on purpose."""
    folder = tmp_path_factory.mktemp("faulty")
    with ExitStack() as stack:
        forgets, repeats, cuts, leaks, full = (
            stack.enter_context(stub(*faults))
            for faults in (("--forget",), ("--again", "3"), (), (), ("--cap", "5"))
        )
        target = folder / "stub.toml"
        target.write_text(DEAF.format(url=leaks), encoding="utf-8")
        jobs = {
            "forgets": Job(forgets, STORM, forgets),
            "repeats": Job(repeats, STORM, repeats),
            "is cut by a hook": Job(cuts, (*STORM, "--storm-hook", f"{cuts}/cut"), cuts),
            "is full": Job(full, ("--scenario", "capacity", *FULL), full),
            "leaks": Job(leaks, ("--scenario", "topics", *RUNS["topics"], "--target", str(target)), leaks),
        }
        yield carried_out(folder, jobs)


def judged(done: Outcome) -> dict[str, Any]:
    """The result, of a run that nothing but a busy machine made invalid."""
    assert done.result is not None, done.text
    assert done.code == done.result["exit_code"]
    assert all(any(blame in reason for blame in BUSY) for reason in done.result["invalid"]), done.text
    return done.result


def phases(done: Outcome) -> dict[str, dict[str, Any]]:
    return {phase["name"]: phase for phase in judged(done)["phases"]}


@pytest.mark.parametrize("name", [name for name in RUNS if name != "slow"])
def test_our_server_loses_nothing_in_any_scenario(ran: dict[str, Outcome], name: str) -> None:
    for phase in phases(ran[name]).values():
        assert phase["loss"]["expected"] > 0
        assert (phase["loss"]["lost"], phase["loss"]["dup"]) == (0, 0)
        assert set(phase["answers"].values()) == {0}
    assert judged(ran[name])["errors"] == {}
    assert all(row["ok"] for row in judged(ran[name])["slo"] if row["expr"].startswith("loss."))


def test_ingest_raises_the_rate(ran: dict[str, Outcome]) -> None:
    found = phases(ran["ingest"])

    assert {name: phase["offered_pub_s"] for name, phase in found.items()} == {"10/s": 10, "40/s": 40}
    assert [phase["metrics"]["publish"]["n"] for phase in found.values()] == [10, 40]
    assert [phase["metrics"]["deliver"]["n"] for phase in found.values()] == [50, 200]


def test_a_burst_is_timed_to_its_end(ran: dict[str, Outcome]) -> None:
    (phase,) = phases(ran["burst"]).values()

    assert phase["metrics"]["deliver"]["n"] == 5 * 40
    assert phase["metrics"]["drain"]["n"] == 2
    assert phase["metrics"]["drain"]["max_us"] == phase["metrics"]["deliver"]["max_us"]


def test_after_a_storm_everybody_is_back_with_everything(ran: dict[str, Outcome]) -> None:
    before, *storms = phases(ran["storm"]).values()

    assert (before["name"], before["resume"]["cut"]) == ("before", 0)
    assert [phase["name"] for phase in storms] == ["immediate", "jitter", "retry"]
    for phase in storms:
        resume, metrics = phase["resume"], phase["metrics"]
        assert (resume["cut"], resume["reconnects"], resume["gap"], resume["dup"]) == (10, 10, 0, 0)
        assert resume["back50_ms"] <= resume["back99_ms"] <= resume["back100_ms"]
        assert metrics["deliver"]["n"] + metrics["replay"]["n"] == 10 * 2 * 20
    assert storms[2]["resume"]["back50_ms"] >= 300
    assert storms[2]["resume"]["replayed"] >= 10 * 5


def test_who_comes_and_goes_is_counted_one_by_one(ran: dict[str, Outcome]) -> None:
    first, second = phases(ran["churn"]).values()

    assert [first["name"], second["name"]] == ["10 #1", "10 #2"]
    assert min(first["churn"]["left"], second["churn"]["left"]) > 0
    connects = sum(phase["metrics"]["connect"]["n"] for phase in (first, second))
    left = sum(phase["churn"]["left"] for phase in (first, second))
    assert 10 <= left <= connects <= left + 10


def test_slow_readers_are_told_apart_from_good_ones(ran: dict[str, Outcome]) -> None:
    found = phases(ran["slow"])

    slow = judged(ran["slow"])["slow"]
    assert list(found) == ["without", "with", "after"]
    assert [found[name]["metrics"]["deliver"]["n"] for name in ("without", "with")] == [200, 200]
    assert (slow["stalled"], slow["stalled_evicted"], slow["trickle"], slow["trickle_evicted"]) == (
        1,
        0,
        1,
        0,
    )
    assert slow["stalled_bytes"]["least"] > 2_000 * 20
    assert slow["p99_ratio"] > 0
    assert sum(phase["loss"]["lost"] for phase in found.values()) == 0


def test_a_soak_has_its_slope(ran: dict[str, Outcome]) -> None:
    drift = judged(ran["soak"])["drift"]

    assert (drift["window_s"], len(drift["p99_us"]), drift["disconnects_per_h"]) == (1, 5, 0)
    assert drift["p99_low"] <= drift["p99_us_per_h"] <= drift["p99_high"]


def test_everybody_gets_the_own_topic_only(ran: dict[str, Outcome]) -> None:
    (phase,) = phases(ran["topics"]).values()

    topics = judged(ran["topics"])["topics"]
    assert (topics["leak"], topics["count"]) == (0, 3)
    assert sum(row["subs"] for row in topics["rows"]) == 8
    assert sum(row["n"] for row in topics["rows"]) == phase["metrics"]["deliver"]["n"]


def test_devices_publish_at_their_own_rate(ran: dict[str, Outcome]) -> None:
    (phase,) = phases(ran["fleet"]).values()

    assert phase["offered_pub_s"] > 20
    assert phase["metrics"]["deliver"]["n"] == 3 * phase["metrics"]["publish"]["n"]


def test_free_is_as_many_as_one_says(ran: dict[str, Outcome]) -> None:
    (phase,) = phases(ran["free"]).values()

    assert (phase["name"], phase["subs"]) == ("free", 4)
    assert judged(ran["free"])["run"]["duration_s"] == 3


def test_a_search_ends_at_what_it_found(ran: dict[str, Outcome]) -> None:
    result = judged(ran["capacity"])

    capacity = result["capacity"]
    good = [trial["subscribers"] for trial in capacity["trials"] if trial["missed"] is None]
    assert capacity["subscribers"] == max(good, default=0)
    assert [phase["name"] for phase in result["phases"]][: len(good)] == [str(level) for level in good]
    if not result["invalid"]:
        assert (capacity["subscribers"], capacity["limit"]) == (3, None)


def test_what_a_storm_made_the_server_forget_is_a_gap(faulty: dict[str, Outcome]) -> None:
    done = faulty["forgets"]

    resume = phases(done)["immediate"]["resume"]
    lost = sum(phase["loss"]["silent"] for phase in phases(done).values())
    assert resume["gap"] == lost == done.injected.get("forgotten", 0)
    assert resume["replayed"] == 0


def test_what_is_sent_again_though_it_was_read_is_counted(faulty: dict[str, Outcome]) -> None:
    done = faulty["repeats"]

    resume = phases(done)["immediate"]["resume"]
    assert resume["dup"] == done.injected["again"] > 0
    assert resume["gap"] == 0


def test_a_hook_cuts_the_streams(faulty: dict[str, Outcome]) -> None:
    done = faulty["is cut by a hook"]

    resume = phases(done)["immediate"]["resume"]
    assert (resume["cut"], resume["reconnects"], resume["gap"]) == (10, 10, 0)
    assert done.injected["cut"] == 10
    assert judged(done)["errors"] == {"stream: eof": 10}


def test_a_search_finds_how_many_get_in(faulty: dict[str, Outcome]) -> None:
    done = faulty["is full"]

    assert done.result is not None, done.text
    found, full = done.result["capacity"], "5 of 6 connected"
    if found["gave_out"] is None:
        trials = [(trial["subscribers"], trial["missed"]) for trial in found["trials"]]
        # whoever was refused comes back ever later, and may miss a trial as short as this
        assert trials[:2] == [(4, None), (6, full)]
        assert trials[2:] in ([(5, None)], [(5, late := "4 of 5 connected")])
        assert (found["subscribers"], found["limit"]) == ((5, full) if trials[2][1] is None else (4, late))
        assert [phase["name"] for phase in done.result["phases"]] == ["4", "6", "5"]
    else:  # a busy machine: then nobody knows whose fault it was
        assert (found["gave_out"], done.code) == (6, 4)
    assert all(phase["loss"]["lost"] == 0 for phase in done.result["phases"])
    refused = sum(phase["resume"]["http_5xx"] for phase in done.result["phases"])
    assert 0 < refused <= done.injected["turned away"]


def test_another_topic_s_event_is_a_leak(faulty: dict[str, Outcome]) -> None:
    done = faulty["leaks"]

    result, topics = judged(done), judged(done)["topics"]
    heard = sum(result["series"]["deliveries"]) + sum(phase["loss"]["history"] for phase in result["phases"])
    assert topics["leak"] > heard
    assert (
        0 <= done.injected["sent"] - heard - topics["leak"] <= 8
    )  # the last one may come when all have left
    assert [row["ok"] for row in result["slo"]] == [True, False]


def _are_there(client: httpx.Client, users: int) -> bool:
    return bool(client.get("/stats/requests").json()["user_count"] == users)


def test_users_of_the_web_form_are_subscribers_while_it_is_free(tmp_path: Path) -> None:
    """Locust's own fields are shown for its sake, and changed while it runs."""
    reached = []

    with stub() as url, interface(tmp_path) as (client, _process):
        eventually(lambda: client.get("/").text)
        for users in (2, 5, 3):
            form = {"scenario": "free", "host": url, "user_count": str(users), "spawn_rate": "5"}
            assert client.post("/swarm", data=form).json()["success"]
            eventually(partial(_are_there, client, users))
            reached.append(users)
        client.post("/stop")
        (file,) = eventually(lambda: list(tmp_path.glob("*-free-*.json")))

    result = json.loads(file.read_text(encoding="utf-8"))
    (phase,) = result["phases"]
    assert reached == [2, 5, 3]
    assert (phase["subs"], phase["loss"]["lost"]) == (5, 0)
    assert phase["loss"]["expected"] > 0
    assert "stopped before the plan was through" not in result["invalid"]
