"""`eventbahn fleet replay` as a command: recordings of all kinds into our own server, and what is none."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from simulator.cli import fleet

EVENTBAHN = [sys.executable, "-P", "-m", "eventbahn"]
DEADLINE = 60.0
WIDE = "time,T (°C),rh\n2026-03-02 08:00,20.50,50\n2026-03-02 08:01,,51\n2026-03-02 08:05,21.25,\n"
Replay = Callable[..., Result]


@pytest.fixture
def replay(tmp_path: Path, url: str) -> Replay:
    """`replay("room-1.csv", content, …)` plays a file as fast as it is taken, in this process."""

    def play(name: str, content: bytes | str, *options: str) -> Result:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        common = ("--url", url, "--speed", "max", "--out", str(tmp_path / "results"))
        return CliRunner().invoke(fleet, ["replay", str(path), *common, *options])

    return play


def held(url: str, device: str) -> list[dict[str, Any]]:
    """All measurements of a device that the server's log holds."""
    epoch = httpx.get(url + "/snapshot").json()["last_id"].rpartition("-")[0]
    count = httpx.get(url + "/stats").json()["devices"][device]["count"]
    headers = {"last-event-id": f"{epoch}-0"}
    parameters: dict[str, str | int] = {"device": device, "limit": count}
    text = httpx.get(url + "/events", headers=headers, params=parameters, timeout=10).text
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


def test_a_wide_recording_arrives_with_its_numbers_gaps_and_pace(replay: Replay, url: str) -> None:
    result = replay("wide-1.csv", WIDE, "--verify")
    sent = held(url, "wide-1")
    birth = next(b for b in httpx.get(url + "/devices").json() if b["device"] == "wide-1")

    assert result.exit_code == 0
    assert (
        "3 readings of 1 device (T (°C), rh) from 2026-03-02 08:00 to 2026-03-02 08:05 UTC" in result.stderr
    )
    assert "PASS: 1 device, 3 messages, each there once and as sent" in result.stdout
    assert [m["values"] for m in sent] == [{"T (°C)": 20.5, "rh": 50}, {"rh": 51}, {"T (°C)": 21.25}]
    assert [m["seq"] for m in sent] == [0, 1, 2]
    assert [m["ts"] - sent[0]["ts"] for m in sent] == [0, 60_000, 300_000]
    assert sent[0]["ts"] == sent[0]["boot"] == birth["boot"]
    assert birth["sensors"] == [
        {"name": "T (°C)", "unit": "°C", "step": 0.01, "range": None},
        {"name": "rh", "unit": "", "step": 1.0, "range": None},
    ]


def test_times_may_be_kept_or_begin_anywhere(replay: Replay, url: str) -> None:
    kept = replay("kept.csv", WIDE, "--align", "keep", "--tz", "Europe/Berlin")
    moved = replay("moved.csv", WIDE, "--align", "start", "--start", "2020-01-01T00:00:00Z")

    assert (kept.exit_code, moved.exit_code) == (0, 0)
    assert held(url, "kept")[0]["ts"] == 1_772_434_800_000
    assert held(url, "moved")[2]["ts"] == 1_577_836_800_000 + 300_000


def test_a_long_recording_of_a_german_logger(replay: Replay, url: str) -> None:
    content = "Zeit;Gerät;Größe;Wert\r\n" + "".join(
        f"02.03.2026 08:0{minute};g-{device};{name};{minute},{device}\r\n"
        for minute in range(3)
        for device in (1, 2)
        for name in ("Temp", "Feuchte")
    )
    options = ["--time-format", "%d.%m.%Y %H:%M", "--encoding", "latin-1", "--time-column", "Zeit"]
    options += ["--device-column", "Gerät", "--sensor-column", "Größe", "--value-column", "Wert", "--verify"]
    result = replay("logger.csv", content.encode("latin-1"), *options)

    assert result.exit_code == 0
    assert "PASS: 2 devices, 6 messages" in result.stdout
    assert [m["values"] for m in held(url, "g-2")] == [
        {"Temp": n + 0.2, "Feuchte": n + 0.2} for n in range(3)
    ]


def test_one_trace_is_played_by_many_again_and_again(replay: Replay) -> None:
    result = replay(
        "trace.csv", WIDE, "--devices", "50", "--vary", "0.05", "--loop", "--until", "1h", "--verify"
    )

    assert result.exit_code == 0
    assert "PASS: 50 devices, " in result.stdout
    assert "played by 50 each" in result.stderr


def test_an_end_before_anything_is_due_is_a_replay_of_nothing(replay: Replay) -> None:
    hourly = "time,a\n2026-03-02 08:00,1\n2026-03-02 09:00,2\n"
    result = replay("hourly.csv", hourly, "--devices", "3", "--until", "10m", "--json")
    summary = json.loads(result.stdout.splitlines()[-1])

    assert result.exit_code == 0, result.output
    assert (summary["outcome"], summary["messages"]) == ("all delivered", 0)


def test_a_replay_is_a_run_of_its_own(replay: Replay) -> None:
    first, second = (replay("again.csv", WIDE, "--json", "--verify") for _ in range(2))
    summaries = [json.loads(each.stdout.splitlines()[-2]) for each in (first, second)]
    proof = json.loads(second.stdout.splitlines()[-1])

    assert proof == {"type": "proof", "text": "PASS: 1 device, 3 messages, each there once and as sent"}
    assert [told["accepted"] for told in summaries] == [3, 3]
    assert [told["duplicates"] for told in summaries] == [0, 0]


USAGE: dict[str, tuple[bytes | str, list[str], str]] = {
    "a row": ("time,a\n2026-01-01,1\n2026-01-02,x\n", [], "line 3, column 2 (a): expected a number, got 'x'"),
    "no header": ("2026-01-01,1\n", [], "bad.csv, line 1: expected the name of a column"),
    "nothing": ("", [], "bad.csv, line 1: expected the names of the columns"),
    "Latin-1": ("time,\xb0\n".encode("latin-1"), [], "did you mean --encoding latin-1"),
    "a zone": (WIDE, ["--tz", "Berlin"], "'Berlin' is no time zone like Europe/Berlin, UTC or +01:00"),
    "a speed": (WIDE, ["--speed", "0"], "run.speed: expected a number from 0.001"),
    "a duration": (WIDE, ["--until", "soon"], "run.until: 'soon' is no duration"),
    "a start alone": (WIDE, ["--start", "now"], "--align start and --start TIME go together"),
    "a start without its zone": (WIDE, ["--align", "start", "--start", "2026-01-01"], "expected 'now' or"),
    "a key": (WIDE, ["--set", "sink.bacth=1"], "sink.bacth: is not known here; did you mean 'batch'?"),
    "a moment in a loop": ("time,a\n2026-01-01,1\n", ["--loop"], "--loop: no device has two readings"),
    "a proof without an end": (WIDE, ["--loop", "--verify"], "--verify: a --loop has no end at which"),
    "a device name": (WIDE, ["--device", "room 1"], "expected 1 to 128 of A-Z a-z 0-9"),
}


@pytest.mark.parametrize(("content", "options", "sentence"), USAGE.values(), ids=USAGE)
def test_usage_errors(replay: Replay, content: bytes | str, options: list[str], sentence: str) -> None:
    result = replay("bad.csv", content, *options)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stdout == ""


def test_a_receiver_that_is_not_there(replay: Replay) -> None:
    result = replay("lost.csv", WIDE, "--url", "http://127.0.0.1:9", "--set", "sink.give_up=200ms")

    assert result.exit_code == 3
    assert "cannot connect" in result.stderr


def test_what_the_receiver_does_not_hold_fails_the_proof(replay: Replay, url: str) -> None:
    """A device of that name has a later boot, so that what is played counts as of an earlier run."""
    message = {"device": "older", "boot": 2**52, "seq": 0, "value": 1}
    httpx.post(url + "/measurements", json=message).raise_for_status()
    result = replay("older.csv", WIDE, "--verify")

    assert result.exit_code == 1
    assert "FAIL: (older, 0) is missing: the receiver tells of a later run" in result.stdout


@pytest.fixture
def playing(tmp_path: Path, url: str) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """`playing(content, …)` plays a file in a process of its own."""
    running: list[subprocess.Popen[str]] = []

    def begin(content: str, *options: str) -> "subprocess.Popen[str]":
        (tmp_path / "trace-9.csv").write_text(content)
        command = [*EVENTBAHN, "fleet", "replay", "trace-9.csv", "--url", url, *options]
        pipe = subprocess.PIPE
        running.append(subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_a_replay_keeps_the_pace_and_is_interrupted(
    playing: Callable[..., "subprocess.Popen[str]"], url: str
) -> None:
    content = "time,a\n" + "".join(f"{1_700_000_000 + n},{n}\n" for n in range(4000))
    process = playing(content, "--speed", "100", "--json", "--verify")
    while not httpx.get(url + "/stats").json()["devices"].get("trace-9", {}).get("count"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE)
    summary = json.loads(out.splitlines()[-1])

    assert process.returncode == 130
    assert summary["outcome"] == "interrupted"
    assert 0 < summary["accepted"] < 4000
    assert summary["undelivered"] == 0
    assert 0 < summary["share"] < 1
    assert "not verified: the replay did not come to its end" in err


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_recording_of_200_megabytes_is_played_in_little_memory(tmp_path: Path, url: str) -> None:
    rows = 5_200_000
    with (tmp_path / "large.csv").open("w") as file:
        file.write("time,temp,rh,co2,p,lux\n")
        file.writelines(
            f"{1_700_000_000 + n},{n % 40}.5,{n % 100},{400 + n % 999},1013.25,{n}\n" for n in range(rows)
        )
    size = (tmp_path / "large.csv").stat().st_size
    command = [*EVENTBAHN, "fleet", "replay", "large.csv", "--url", url]
    options = ["--speed", "max", "--until", "1d", "--verify"]
    process = subprocess.Popen(
        [*command, *options], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    out, err = process.communicate(timeout=1700)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    assert size > 200e6
    assert process.returncode == 0, err
    assert "PASS: 1 device, 86,400 messages" in out
    assert peak < 200, f"{peak:.0f} MB"
