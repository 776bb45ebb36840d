"""Faults injected into a fleet that runs, from lines and from keys; and that the proof knows of them."""

import asyncio
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from simulator.config import load
from simulator.plan import Span
from simulator.run import FleetRun
from simulator.state import State, read_state
from simulator.tables import ConfigError

from .fleets import MONDAY

EVENTBAHN = [sys.executable, "-P", "-m", "eventbahn"]
DEADLINE = 60.0
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SETTINGS = (
    'fleet=[{profile="station", site="coast", id="s{n:02d}", count=20}]',
    'profile.station.every="1s"',
    'profile.station.phase="spread"',
    "fault=[]",
)
CONFIG = ["weather", *(part for setting in SETTINGS for part in ("--set", setting))]
LOST = '{"fault": "offline", "match": "s0*", "for": "20s", "deliver": "lost"}\n'
LATER = '{"fault": "delay", "match": "s1*", "for": "30s", "by": "10s"}\n'
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("run", …)` starts a fleet command that hears its stdin, in a folder of its own."""
    running: list[subprocess.Popen[str]] = []

    def begin(command: str, *options: str, **streams: Any) -> "subprocess.Popen[str]":
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
        arguments = [*EVENTBAHN, "fleet", command, *CONFIG, *options]
        running.append(subprocess.Popen(arguments, cwd=tmp_path, text=True, **streams))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def until(stream: IO[str] | None, word: str) -> str:
    """The next line with that word."""
    assert stream is not None
    while word not in (line := stream.readline()):
        assert line, f"ended before it said {word!r}"
    return line


def ask(process: "subprocess.Popen[str]", *lines: str) -> None:
    assert process.stdin is not None
    process.stdin.writelines(lines)
    process.stdin.flush()


def verified(start: Start) -> tuple[int, str]:
    process = start("verify")
    out, err = process.communicate(timeout=DEADLINE)
    return process.returncode, out + err


def counts(tmp_path: Path) -> list[dict[str, Any]]:
    told = json.loads((tmp_path / "results" / "weather.state.json").read_bytes())
    return list(told["faults"])


def test_lines_inject_faults_that_the_truth_and_the_proof_know(
    start: Start, url: str, tmp_path: Path
) -> None:
    run = start("run", "--url", url, "--speed", "20", "--until", "70s")
    until(run.stderr, "20 devices")
    ask(run, LOST, '{"fault": "ofline", "match": "*", "for": "1s"}\n', LATER)
    out, err = run.communicate(timeout=DEADLINE)
    code, said = verified(start)
    truth = (tmp_path / "results" / "weather.truth.csv").read_text()

    assert run.returncode == 0
    assert "offline of s0* from " in err
    assert "stdin, line 2: fault: str 'ofline' is not among what is built; did you mean 'offline'?" in err
    assert "all delivered" in out
    assert truth.count(",offline,") == 9
    assert truth.count(",delay,") >= 10 * 25
    assert [fault["kind"] for fault in counts(tmp_path)] == ["offline", "delay"]
    assert (code, "PASS: 20 devices" in said) == (0, True)

    state = tmp_path / "results" / "weather.state.json"
    state.write_text(json.dumps(json.loads(state.read_bytes()) | {"faults": []}))
    code, said = verified(start)

    assert (code, "FAIL: (s01, " in said) == (1, True)


def test_a_fault_outlives_a_kill(start: Start, url: str) -> None:
    run = start("run", "--url", url, "--speed", "10", "--until", "60s", "--json")
    until(run.stdout, "20 devices")
    ask(run, LOST, LATER)
    until(run.stdout, "delay of s1* from ")
    time.sleep(1)  # a second in which messages are lost and delayed, and no state file is written
    run.kill()
    run.wait()
    resumed = start("run", "--url", url, "--resume", "--speed", "max", stdin=subprocess.DEVNULL)
    resumed.communicate(timeout=DEADLINE)
    code, said = verified(start)

    assert resumed.returncode == 0
    assert (code, "PASS: 20 devices" in said) == (0, True)


def test_a_run_ends_though_stdin_does_not(start: Start, url: str) -> None:
    run = start("run", "--url", url, "--speed", "max", "--until", "5s")

    assert run.wait(DEADLINE) == 0


def test_a_file_on_stdin_is_heard(start: Start, url: str, tmp_path: Path) -> None:
    (tmp_path / "faults.jsonl").write_text(LOST + "\n" + '{"fault": 1}')
    with (tmp_path / "faults.jsonl").open() as faults:
        run = start("run", "--url", url, "--speed", "20", "--until", "20s", stdin=faults)
        _, err = run.communicate(timeout=DEADLINE)

    assert run.returncode == 0
    assert "offline of s0* from " in err
    assert "stdin, line 3: fault: int 1 is not among what is built" in err


def test_a_fault_that_would_begin_after_the_end_is_refused(tmp_path: Path) -> None:
    config = load("weather", SETTINGS)
    end = Span(MONDAY, MONDAY, MONDAY + 60_000)
    reached = State(config.fingerprint, *end, "http://127.0.0.1:9", position=MONDAY + 60_000)
    run = FleetRun(config, end, tmp_path, "late", print, state=reached)

    with pytest.raises(ConfigError, match="key s: the run ends before a fault could begin"):
        asyncio.run(run.inject({"kind": "spike", "match": "*"}, "key s"))


def test_a_fault_that_the_state_file_cannot_tell_is_refused(tmp_path: Path) -> None:
    config = load("weather", SETTINGS)
    run = FleetRun(config, Span(MONDAY, MONDAY, MONDAY + 60_000), tmp_path, "full", lambda _: None)
    (tmp_path / "full.state.json.new").mkdir()
    sentence = r"line 1: .*full\.state\.json cannot be written, so that --resume would not know the fault"
    with pytest.raises(ConfigError, match=sentence):
        asyncio.run(run.inject({"kind": "spike", "match": "*"}, "line 1"))

    assert run.config is config

    (tmp_path / "full.state.json.new").rmdir()
    fault = asyncio.run(run.inject({"kind": "spike", "match": "s01"}, "line 2"))

    assert run.config.groups[0].faults == (fault,)
    assert [told["match"] for told in read_state(run.keeper.path).faults] == ["s01"]


class Terminal:
    """A fleet in a terminal of 100 × 30."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.own, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.before = termios.tcgetattr(theirs)
        self._theirs, self.seen = theirs, ""
        command = ["setsid", "--ctty", *EVENTBAHN, "fleet", *arguments]
        env = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
        self.process = subprocess.Popen(
            command, cwd=folder, env=env | {"TERM": "xterm"}, stdin=theirs, stdout=theirs, stderr=theirs
        )

    def until(self, word: str) -> None:
        """Wait until it is seen."""
        end = time.monotonic() + DEADLINE
        while word not in self.seen:
            assert time.monotonic() < end, self.seen[-2000:]
            self.seen += CONTROL.sub("", os.read(self.own, 65_536).decode("utf-8", "replace"))

    def press(self, key: str) -> None:
        os.write(self.own, key.encode())

    def left(self) -> tuple[int, bool]:
        """The exit code, and whether the terminal is as it was."""
        self.until("interrupted")
        return self.process.wait(DEADLINE), termios.tcgetattr(self._theirs) == self.before

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.own)
        os.close(self._theirs)


@pytest.fixture
def terminal(url: str, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, "run", *CONFIG, "--url", url, "--speed", "10")
    yield made
    made.close()


def test_keys_inject_faults_and_the_terminal_is_left_as_it_was(terminal: Terminal, start: Start) -> None:
    terminal.until("keys: s stuck")
    terminal.press("s")
    terminal.until("stuck of s")
    terminal.press("xl")
    terminal.until("loss of * from ")
    terminal.until("2xx: ")
    terminal.press("q")

    assert terminal.left() == (130, True)
    code, said = verified(start)
    assert (code, "PASS: 20 devices" in said, "the run has no end" in said) == (0, True, True)


def test_ctrl_c_restores_the_terminal(terminal: Terminal) -> None:
    terminal.until("keys: s stuck")
    terminal.press("\x03")

    assert terminal.left() == (130, True)


def test_in_the_background_no_terminal_is_touched(url: str, start: Start, tmp_path: Path) -> None:
    own, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    run = start("run", "--url", url, "--speed", "20", "--until", "20s", stdin=theirs, stderr=theirs)
    code, during = run.wait(DEADLINE), termios.tcgetattr(theirs)
    os.close(own)
    os.close(theirs)

    assert (code, during) == (0, before)
