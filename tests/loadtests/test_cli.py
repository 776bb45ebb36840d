"""The load test as a command: how it is refused, interrupted, started from the web form, and installed."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from tests.conftest import DEADLINE, EVENTBAHN
from tests.loadtests.conftest import LOCUST, LONG, SHORT, Load, outcome, start, stub

Found = TypeVar("Found")


def eventually(ask: Callable[[], Found]) -> Found:
    """The first answer that holds; a server that does not listen yet has not answered."""
    until = time.monotonic() + DEADLINE
    while True:
        try:
            if found := ask():
                return found
        except httpx.TransportError:
            pass  # not yet
        assert time.monotonic() < until, "no answer in time"
        time.sleep(0.1)


def test_an_unreachable_server_makes_no_result(load: Load) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = load(f"http://127.0.0.1:{closed.getsockname()[1]}", *SHORT)

    assert (done.code, done.result) == (4, None)
    assert "cannot be reached: Connection refused" in done.text


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=lambda sign: sign.name)
def test_a_run_that_is_stopped_still_writes_what_it_has(tmp_path: Path, sign: signal.Signals) -> None:
    out = tmp_path / "result.json"

    with stub() as url:
        process = start(url, out, *SHORT, "--hold", "60")
        eventually(lambda: httpx.get(f"{url}/stats", trust_env=False).json().get("published", 0) > 30)
        process.send_signal(sign)
        done = outcome(process, out)

    assert done.code == 4, done.text
    assert done.result is not None
    assert "stopped before the plan was through" in done.result["invalid"]
    assert done.loss["lost"] == 0
    assert done.loss["expected"] > 0
    assert done.phase["t"][1] < 60


def test_whoever_is_impatient_gets_what_there_is(tmp_path: Path) -> None:
    out = tmp_path / "result.json"

    with stub("--delay", "20") as url:  # nothing arrives before the run is over, so draining takes its time
        process = start(url, out, *SHORT)
        assert any("Draining" in line for line in process.stdout or ())
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)  # two signals at once are one
        process.send_signal(signal.SIGINT)
        done = outcome(process, out)

    assert done.code == 4, done.text
    assert done.result is not None
    assert any("interrupted while draining" in reason for reason in done.result["invalid"])


@pytest.mark.parametrize(
    ("options", "said"),
    {
        "many for nothing": (["--processes", "2", "--levels", "2,1"], "begin at 1 or more and rise"),
        "another machine": (["--host", "http://192.0.2.1"], "Add --allow-remote"),
    }.values(),
    ids=["many for nothing", "another machine"],
)
def test_what_cannot_be_meant_is_refused(load: Load, options: list[str], said: str) -> None:
    done = load("http://127.0.0.1:9", *options)

    assert (done.code, done.result) == (2, None)
    assert said in done.text


def test_the_web_form_starts_a_scenario(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    out = tmp_path / "{run_id}.json"
    command = [*LOCUST, "--web-host", "127.0.0.1", "--web-port", str(port), "--out", str(out)]
    form = {
        "scenario": "smoke",
        "levels": "5",
        "settle": "0.5",
        "hold": "1",
        "user_count": "1",
        "spawn_rate": "1",
    }

    with (
        stub() as url,
        subprocess.Popen(
            command, cwd=tmp_path, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            page = eventually(lambda: client.get("/").text)
            started = client.post("/swarm", data={**form, "host": url}).json()
            eventually(lambda: client.get("/stats/requests").json()["state"] == "stopped")
            rows = {row["name"]: row["num_requests"] for row in client.get("/stats/requests").json()["stats"]}
        finally:
            process.terminate()
            process.wait(LONG)

    assert '"scenario"' in page
    assert started["success"] is True
    (file,) = tmp_path.glob("*-smoke-*.json")
    result = json.loads(file.read_text(encoding="utf-8"))
    assert result["run"]["target"] == url
    reached = [row[2] for row in result["events"]["rows"]]
    assert (rows["connect"], rows["deliver"], rows["last subscriber"]) == (5, sum(reached), len(reached))


def test_eventbahn_load_is_locust(tmp_path: Path) -> None:
    (tmp_path / "loadtests").mkdir()
    (tmp_path / "loadtests/__init__.py").write_text("raise ImportError('the folder of a user')\n")

    with stub() as url:
        done = subprocess.run(
            [*EVENTBAHN, "load", "--host", url, "--headless", "--only-summary", *SHORT, "--hold", "1"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONG,
            check=False,
        )

    assert done.returncode in {0, 4}, done.stderr
    (file,) = (tmp_path / "results").glob("*-fanout-*.json")
    assert f"result: results/{file.name}" in done.stdout
