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
        env = {**os.environ, "TMPDIR": str(tmp_path)}  # a demo that is killed leaves its log behind
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=env
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.terminate()
        process.communicate(timeout=DEADLINE)


def both(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The two commands, once the fleet has delivered something."""
    return delivered(process, first_line(process))


def delivered(process: subprocess.Popen[str], url: str) -> list[psutil.Process]:
    events = httpx.stream("GET", f"{url}/events", timeout=DEADLINE, trust_env=False)
    with events as response:
        assert any(line.startswith("data:") for line in response.iter_lines())
    return psutil.Process(process.pid).children()


def until_answered(url: str) -> httpx.Response:
    """The answer of a server that is about to start: httpx tries the connection again, ever more slowly."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=7), trust_env=False, timeout=DEADLINE) as client:
        return client.get(url)


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


@pytest.mark.parametrize(("name", "command"), [("server", "reference_server.chaos"), ("fleet", "fleet")])
def test_when_one_ends_the_other_is_ended(start: Start, name: str, command: str) -> None:
    process = start("--devices", "3")
    children = both(process)

    command_of(children, command).kill()
    _, err = process.communicate(timeout=DEADLINE)

    assert process.returncode == 1
    assert all_ended(children)
    assert f"the {name} was ended by SIGKILL" in err


def test_a_server_is_started_again_where_it_was_and_keeps_what_it_had(start: Start) -> None:
    process = start("--devices", "3")
    url = first_line(process)
    old = command_of(delivered(process, url), "reference_server.chaos")
    before = httpx.get(f"{url}/snapshot", trust_env=False).json()["last_id"].partition("-")[0]

    httpx.post(f"{url}/demo/restart", trust_env=False).raise_for_status()
    old.wait(DEADLINE)

    after = until_answered(f"{url}/snapshot").json()["last_id"].partition("-")[0]
    assert after == before, "the epoch of its log"
    assert process.poll() is None
    assert psutil.Process(process.pid).children()[0].pid != old.pid


def test_what_a_demo_kept_goes_with_it(start: Start, tmp_path: Path) -> None:
    process = start("--devices", "3")
    both(process)
    assert [*tmp_path.glob("eventbahn-demo-*/demo.db")]

    process.terminate()
    process.wait(DEADLINE)

    assert not [*tmp_path.glob("eventbahn-demo-*")]


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
