"""The demo: two commands that start together and end together, however the end comes."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from click.testing import CliRunner

from reference_server.demo import demo
from tests.conftest import DEADLINE, EVENTBAHN, first_line

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start("--devices", "3")` starts `eventbahn demo` on a free port; nothing of it outlives the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(*options: str) -> subprocess.Popen[str]:
        command = [*EVENTBAHN, "demo", "--no-browser", "--port", "0", *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.terminate()
        process.communicate(timeout=DEADLINE)


def both(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The two commands, once the fleet has delivered something."""
    url = first_line(process)
    events = httpx.stream("GET", f"{url}/events", timeout=DEADLINE, trust_env=False)
    with events as response:
        assert any(line.startswith("data:") for line in response.iter_lines())
    return psutil.Process(process.pid).children()


def command_of(children: list[psutil.Process], word: str) -> psutil.Process:
    return next(child for child in children if word in child.cmdline())


def all_ended(children: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(children, timeout=DEADLINE)
    return not alive


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 129), (signal.SIGKILL, -signal.SIGKILL)],
)
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children of one that was killed")
def test_a_signal_ends_all_of_it(start: Start, number: signal.Signals, code: int) -> None:
    process = start("--devices", "3")
    children = both(process)

    process.send_signal(number)

    assert process.wait(DEADLINE) == code
    assert len(children) == 2
    assert all_ended(children)


def test_ctrl_c_in_a_terminal_reaches_each_child_once(tmp_path: Path) -> None:
    ours, terminal = os.openpty()

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

    command = [*EVENTBAHN, "demo", "--no-browser", "--port", "0", "--devices", "3"]
    with subprocess.Popen(
        command,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=take_terminal,  # noqa: PLW1509 - a terminal is taken after the fork
    ) as process:
        children = both(process)

        os.write(ours, b"\x03")
        out, err = process.communicate(timeout=DEADLINE)

    os.close(ours)
    os.close(terminal)
    assert process.returncode == 130
    assert all_ended(children)
    assert out.count("interrupted") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["serve", "fleet"])
def test_when_one_ends_the_other_is_ended(start: Start, name: str) -> None:
    process = start("--devices", "3")
    children = both(process)

    command_of(children, name).kill()
    _, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 1
    assert all_ended(children)
    assert f"the {'server' if name == 'serve' else 'fleet'} was ended by SIGKILL" in err


def test_a_port_in_use_is_said_and_exits_2(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--port", str(taken.getsockname()[1]))
        out, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 2
    assert out == ""
    assert "is in use" in err


def test_a_fleet_that_cannot_start_is_said_and_ends_the_server(start: Start) -> None:
    process = start("--preset", "ofice")
    out, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 2
    assert "did you mean 'office'" in err
    assert "the fleet ended with exit code 2" in err
    with pytest.raises(httpx.ConnectError):
        httpx.get(out.splitlines()[0], trust_env=False)


def test_it_says_what_to_try(start: Start) -> None:
    process = start("--devices", "3")
    url = first_line(process)

    process.terminate()
    assert process.stdout is not None
    out = process.stdout.read()

    assert f"curl -N {url}/events" in out
    assert f"{url}/measurements" in out


def test_tokens_of_another_server_are_none_of_its_business(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EVENTBAHN_TOKEN", "EVENTBAHN_READ_TOKEN"):
        monkeypatch.setenv(name, "x" * 32)

    assert len(both(start("--devices", "3"))) == 2


def test_help_names_every_option() -> None:
    out = CliRunner().invoke(demo, ["--help"]).output

    assert all(f"--{name}" in out for name in ("port", "preset", "devices", "speed", "log", "no-browser"))
