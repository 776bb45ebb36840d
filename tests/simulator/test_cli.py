"""`eventbahn fleet` as a command: against our own server, and against what goes wrong."""

import csv
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simulator.cli import fleet
from tests.conftest import Serve

EVENTBAHN = [sys.executable, "-P", "-m", "eventbahn"]
DEADLINE = 60.0
QUIET = {key: value for key, value in os.environ.items() if key != "EVENTBAHN_TOKEN"}
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("run", "office", …)` starts a fleet command in a folder of its own."""
    running: list[subprocess.Popen[str]] = []

    def begin(*arguments: str) -> "subprocess.Popen[str]":
        running.append(
            subprocess.Popen(
                [*EVENTBAHN, "fleet", *arguments],
                cwd=tmp_path,
                env=QUIET,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out, err


def published(url: str) -> list[dict[str, Any]]:
    """All measurements that the log of a fresh server holds, by replay from its beginning."""
    with urllib.request.urlopen(url + "/snapshot", timeout=10) as answer:
        epoch, _, count = json.load(answer)["last_id"].rpartition("-")
    replay = urllib.request.Request(url + "/events", headers={"Last-Event-ID": f"{epoch}-0"})
    with urllib.request.urlopen(replay, timeout=10) as stream:
        data = (line.removeprefix(b"data: ") for line in stream if line.startswith(b"data: "))
        return [json.loads(text) for text in islice(data, int(count))]


def seqs(url: str) -> dict[str, list[int]]:
    """The seqs of each device, as they lie in the log."""
    found: dict[str, list[int]] = {}
    for measurement in published(url):
        found.setdefault(measurement["device"], []).append(measurement["seq"])
    return found


def books(url: str) -> dict[str, Any]:
    """What a server says that it has of each device: counts, gaps, and a digest of all data."""
    with urllib.request.urlopen(url + "/stats", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)["devices"]
    return found


def test_everything_arrives_once(start: Start, serve: Serve, tmp_path: Path) -> None:
    server = serve()
    run = ("run", "office", "--url", server.url, "--speed", "max", "--until", "2h", "--json")
    code, out, _ = finish(start(*run))
    summary = json.loads(out.splitlines()[-1])
    arrived = seqs(server.url)

    assert code == 0
    assert (summary["type"], summary["accepted"], summary["undelivered"]) == ("summary", 7200, 0)
    assert len(arrived) == 60
    assert all(sorted(found) == list(range(120)) for found in arrived.values())
    with (tmp_path / "results" / "office.truth.csv").open(newline="") as file:
        truth = list(csv.DictReader(file))
    assert {("room-107", "co2", "stuck"), ("room-104", "temp", "dropout"), ("room-301", "", "offline")} <= {
        (row["device"], row["sensor"], row["kind"]) for row in truth
    }
    assert all(int(row["end"]) > int(row["start"]) for row in truth)


def test_four_shards_together_are_the_fleet(start: Start, serve: Serve) -> None:
    whole, parts = serve(), serve()
    monday = ("--set", "run.start=2026-03-02T08:00:00+01:00")
    common = ("run", "office", *monday, "--speed", "max", "--until", "10m")
    runs = [start(*common, "--url", parts.url, "--shard", f"{number}/4") for number in (1, 2, 3, 4)]
    runs.append(start(*common, "--url", whole.url))

    assert [finish(run)[0] for run in runs] == [0] * 5
    assert books(parts.url) == books(whole.url)
    assert seqs(parts.url) == {
        f"room-{floor}{room:02d}": list(range(10)) for floor in range(1, 6) for room in range(1, 13)
    }


def test_the_table_and_the_progress_tell_people(start: Start, serve: Serve) -> None:
    run = start(
        "run", "office", "--url", serve().url, "--speed", "max", "--until", "10m", "--set", "fleet.0.count=4"
    )
    code, out, err = finish(run)

    assert code == 0
    assert "office: 4 devices → http://127.0.0.1:" in err
    assert "as fast as it is taken" in err
    assert "all delivered" in out
    assert "│ accepted    │ 40 " in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run(start: Start, serve: Serve, number: signal.Signals) -> None:
    server = serve()
    process = start("run", "office", "--url", server.url, "--speed", "600", "--json")
    assert process.stdout is not None
    json.loads(process.stdout.readline())  # the greeting: it is at work
    while not published(server.url):
        assert process.poll() is None
    process.send_signal(number)
    returned, out, _ = finish(process)
    summary = json.loads(out.splitlines()[-1])

    assert returned == 130
    assert summary["outcome"] == "interrupted"
    assert summary["accepted"] <= len(published(server.url)) <= summary["messages"]
    if number == signal.SIGINT:  # which leaves the time to deliver all
        assert summary["undelivered"] == 0


def test_an_unreachable_receiver_is_said_at_once_and_given_up(start: Start) -> None:
    run = ("run", "office", "--url", "http://127.0.0.1:9", "--speed", "60", "--set", "sink.give_up=500ms")
    code, out, err = finish(start(*run))

    assert code == 3
    assert "cannot connect" in err
    assert "trying again for up to 0.5 s" in err
    assert "gave up (sink.give_up)" in err
    assert "not delivered" in out


def test_a_second_interrupt_does_not_wait(start: Start) -> None:
    process = start("run", "office", "--url", "http://127.0.0.1:9", "--speed", "600", "--json")
    assert process.stdout is not None
    while "cannot connect" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    while "once more" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)

    assert code == 130
    assert json.loads(out.splitlines()[-1])["outcome"] == "interrupted"


USAGE = {
    "no such preset": (["run", "ofice"], "did you mean 'office'?"),
    "unknown key": (
        ["run", "office", "--set", "run.speeed=1"],
        "preset office: run.speeed: is not known here",
    ),
    "bad duration": (["run", "office", "--until", "soon"], "'soon' is no duration"),
    "bad speed": (["run", "office", "--speed", "0"], "run.speed: expected a number from 0.001"),
    "bad shard": (["run", "office", "--shard", "3/2"], "expected I/N with I from 1 to N"),
    "bad url": (["run", "office", "--url", "127.0.0.1:8000"], "sink.url: expected http://HOST"),
    "no such folder": (["run", "office", "--out", "/proc/none"], "--out /proc/none: cannot be written to"),
    "no such preset to show": (["new", "garage"], "no preset 'garage'; there are city, cold-chain"),
}


@pytest.mark.parametrize(("arguments", "sentence"), USAGE.values(), ids=USAGE)
def test_usage_errors(arguments: list[str], sentence: str) -> None:
    result = CliRunner().invoke(fleet, arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_models_are_listed() -> None:
    result = CliRunner().invoke(fleet, ["models"])

    assert result.exit_code == 0
    assert "from = 'co2'" in result.stdout
    assert "params.setpoint_Cel" in result.stdout


def test_a_plan_tells_the_size() -> None:
    result = CliRunner().invoke(fleet, ["plan", "office", "--until", "1h", "--set", "fleet.0.count=3"])

    assert result.exit_code == 0
    assert "room-101 … room-103" in result.stdout
    assert "1 h simulated, 180 messages" in result.stdout


def test_faults_are_foretold_as_csv() -> None:
    result = CliRunner().invoke(
        fleet, ["faults", "office", "--until", "3h", "--set", "run.start=2026-03-02T08:00:00Z"]
    )
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert lines[0] == "device,sensor,kind,start,end,params"
    assert "room-107,co2,stuck,1772439600000,1772446800000," in lines


def test_a_printed_preset_is_a_configuration(start: Start, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(finish(start("new", "office"))[1])
    url = serve().url
    code, _, _ = finish(start("run", "mine.toml", "--url", url, "--speed", "max", "--until", "1m"))

    assert code == 0
    assert len(seqs(url)) == 60


def test_births_come_first(start: Start, serve: Serve) -> None:
    server = serve()
    run = ("run", "cold-chain", "--url", server.url, "--speed", "max", "--until", "10m")
    code, _, _ = finish(start(*run))
    with urllib.request.urlopen(server.url + "/devices", timeout=10) as answer:
        births = json.load(answer)
    with urllib.request.urlopen(server.url + "/stats", timeout=10) as answer:
        stats = json.load(answer)["devices"]
    found = {birth["device"]: birth for birth in births}

    assert code == 0
    assert len(found) == len(stats) == 64
    assert found["lyon-freezer-05"]["sensors"][0]["unit"] == "Cel"
    assert all(stats[name]["boot"] == birth["boot"] for name, birth in found.items())
    assert all(figures["missing"] == 0 for figures in stats.values())


def test_defaults_are_shown_as_they_are_written() -> None:
    listed = CliRunner().invoke(fleet, ["models"]).stdout

    assert 'params.capacity = { dist = "choice", of = [1, 2, 2, 3, 4] }  from 1 to 40: desks' in listed
    assert "params.starts_h = 6  from 0 to 24: local hour at which a working day begins" in listed
    assert "fault 'bearing'  damage grows to `severity`, 1 is a spall" in listed


def test_without_a_state_file_somebody_must_know_the_run(tmp_path: Path) -> None:
    run = ["run", "office", "--resume", "--url", "http://127.0.0.1:9", "--out", str(tmp_path)]
    result = CliRunner().invoke(fleet, run)

    assert result.exit_code == 2
    assert "--resume: http://127.0.0.1:9/stats: no answer" in result.stderr


def test_a_run_resumed_after_its_end_sends_nothing(start: Start, serve: Serve) -> None:
    server = serve()
    run = ("run", "office", "--speed", "max", "--until", "5m", "--set", "fleet.0.count=4", "--json")
    finish(start(*run, "--url", server.url))
    code, out, _ = finish(start(*run, "--resume"))
    other, _, err = finish(start(*run, "--resume", "--set", "run.seed=7"))

    assert code == 0
    assert (json.loads(out.splitlines()[-1])["outcome"], len(published(server.url))) == ("all delivered", 20)
    assert other == 2
    assert "office.state.json: is of another configuration" in err


def test_a_state_file_that_cannot_be_written_in_the_end_is_no_success(
    start: Start, serve: Serve, tmp_path: Path
) -> None:
    server = serve()
    run = ("run", "office", "--url", server.url, "--speed", "60", "--until", "3m", "--set", "fleet.0.count=4")
    process = start(*run, "--json")
    while not published(server.url):
        assert process.poll() is None
    (tmp_path / "results").rename(tmp_path / "gone")
    code, out, _ = finish(process)
    summary = json.loads(out.splitlines()[-1])

    assert code == 3
    assert summary["outcome"].startswith("all delivered, but")
    assert (summary["undelivered"], len(published(server.url))) == (0, 12)
