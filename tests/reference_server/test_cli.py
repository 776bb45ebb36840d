"""`eventbahn serve` as a command: its first line, what it refuses, and crashes that lose nothing."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.faults import FAULTS
from tests.conftest import DEADLINE, EVENTBAHN, Serve
from tests.reference_server.listener import Listener


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*EVENTBAHN, "serve", *args], capture_output=True, text=True, timeout=DEADLINE, check=False
    )


def test_the_first_line_is_the_base_url(serve: Serve) -> None:
    url = serve().url

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}


def test_a_port_in_use_is_one_line_and_exit_2(serve: Serve) -> None:
    port = serve().url.rpartition(":")[2]

    done = run("--port", port, "--log", "memory")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert f"127.0.0.1 port {port} is in use" in done.stderr


def test_a_locked_log_is_one_line_and_exit_2(serve: Serve, tmp_path: Path) -> None:
    log = f"sqlite:{tmp_path / 'log.db'}"
    serve(log=log)

    done = run("--port", "0", "--log", log)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "in use by another server" in done.stderr


REFUSED = {
    "an address that others reach": (["--host", "0.0.0.0", "--log", "memory"], "add --open"),
    "a log of no kind": (["--port", "0", "--log", "redis"], "'memory' or 'sqlite:FILE'"),
    "a log without a name": (["--port", "0", "--log", "sqlite:"], "'memory' or 'sqlite:FILE'"),
    "a fault that does not exist": (["--fault", "no-spaces"], "did you mean 'no-space'?"),
    "a fault like no other": (["--fault", "qqq"], "--fault help lists them"),
    "no heartbeat": (["--heartbeat", "0"], "0.05"),
}


@pytest.mark.parametrize(("args", "hint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_started_says_what_to_do(args: list[str], hint: str) -> None:
    done = run(*args)

    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr


def test_an_open_server_may_listen_everywhere(serve: Serve) -> None:
    url = serve("--host", "0.0.0.0", "--open").url

    assert httpx.get(url.replace("0.0.0.0", "127.0.0.1") + "/healthz").status_code == 200


def test_what_was_acknowledged_outlives_kill_9(serve: Serve, tmp_path: Path) -> None:
    log = f"sqlite:{tmp_path / 'log.db'}"
    served = serve(log=log)
    items: list[dict[str, Any]] = [{"device": "d", "seq": n, "value": n} for n in range(40)]
    answers = [httpx.post(f"{served.url}/measurements", json=each).json() for each in items[:20]]
    with Listener(served.url, last_id=answers[4]["last_id"]) as stream:
        position = stream.take(5)[-1].last_event_id
    served.process.kill()
    served.process.wait(DEADLINE)

    again = serve(log=log)
    answer = httpx.post(f"{again.url}/measurements", json=items).json()
    with Listener(again.url, last_id=position) as stream:
        events = stream.take(30)

    assert {each["durability"] for each in answers} == {"synced"}
    assert (answer["accepted"], answer["duplicates"]) == (20, 20)
    assert [each.data for each in events] == [
        f'{{"device":"d","seq":{n},"value":{n}}}' for n in range(10, 40)
    ]
    assert httpx.get(f"{again.url}/snapshot").json()["devices"]["d"]["measurement"]["seq"] == 39


def test_a_memory_log_begins_anew_and_says_so(serve: Serve) -> None:
    old = httpx.post(f"{serve().url}/events/c", json={"data": "x"}).json()["id"]

    with Listener(serve().url, "/events/c", last_id=old) as stream:
        (reset,) = stream.take(1)

    assert (reset.type, '"epoch"' in reset.data) == ("reset", True)


def test_fault_help_lists_every_fault_on_a_line_with_its_rows() -> None:
    done = run("--fault", "help")

    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    assert (done.returncode, done.stderr) == (0, "")
    assert lines.keys() == FAULTS.keys()
    assert all(
        f"{fault.help} [{', '.join(fault.caught_by)}]" in lines[name] for name, fault in FAULTS.items()
    )
    assert "\n\nFRAME: " in done.stdout


def test_no_fault_is_loaded_unless_one_is_asked_for() -> None:
    code = "import sys, reference_server.cli; sys.exit(any('faults' in name for name in sys.modules))"

    assert subprocess.run([sys.executable, "-P", "-c", code], timeout=DEADLINE, check=False).returncode == 0
