"""Nothing lost, nothing twice: through kills of server and fleet, refusals, and connections that break."""

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import DEADLINE, EVENTBAHN, Serve, Served

from .injecting import injecting

DIRT = (
    '{match="*", kind="loss", at="0s", for="30d", p=0.02}',
    '{match="*", kind="duplicate", at="0s", for="30d", p=0.02, by="30s"}',
    '{match="*", kind="reorder", at="0s", for="30d", p=0.02}',
    '{match="room-2*", kind="offline", at="10m", for="5m"}',
)
OVER = 120.0  # seconds in which a run must have come to its end


class Track:
    """A server that can be killed and started again on its port and log, and a fleet beside it."""

    def __init__(self, serve: Serve, folder: Path, *fleet: str) -> None:
        self._serve, self._log, self.folder = serve, f"sqlite:{folder}/log.db", folder
        self._fleet = ["office", "--set", f"fault=[{', '.join(DIRT)}]", *fleet]
        self.server: Served = serve(log=self._log)

    def restart(self) -> None:
        """kill -9, and a new one."""
        self.server.process.kill()
        self.server.process.wait()
        self.server = self._serve("--port", str(urlsplit(self.server.url).port), log=self._log)

    def run(self, url: str, *options: str) -> "subprocess.Popen[str]":
        """A fleet that delivers by `url`."""
        command = [*EVENTBAHN, "fleet", "run", *self._fleet, "--url", url, "--json", *options]
        return subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def verify(self) -> tuple[int, str]:
        """Exit code and words of `fleet verify`, which asks the server itself."""
        command = [*EVENTBAHN, "fleet", "verify", *self._fleet, "--url", self.server.url]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=OVER, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def await_delivered(self, count: int, running: "subprocess.Popen[str]") -> None:
        """Until the log holds that many messages."""
        end = time.monotonic() + OVER
        while self._delivered() < count:
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)

    def _delivered(self) -> int:
        with urllib.request.urlopen(self.server.url + "/stats", timeout=DEADLINE) as answer:
            return sum(device["count"] for device in json.load(answer)["devices"].values())


@pytest.fixture
def track(serve: Serve, tmp_path: Path) -> Callable[..., Track]:
    """`track("--until", "20m")`: a server, and options of its fleet."""
    return partial(Track, serve, tmp_path)


def finish(running: "subprocess.Popen[str]") -> tuple[int, dict[str, Any], str]:
    """Exit code, summary, and what was said on stderr."""
    out, err = running.communicate(timeout=OVER)
    return running.returncode, json.loads(out.splitlines()[-1]), err


def test_kills_and_refusals_and_resets_lose_nothing(track: Callable[..., Track]) -> None:
    """A tenth of the POSTs is broken, the server killed twice, and the fleet interrupted in the middle."""
    each = track("--set", "fleet.0.count=24", "--set", "sink.batch=8", "--until", "20m", "--speed", "300")
    with injecting(each.server.url, share=0.1) as proxy:
        first = each.run(proxy.url)
        each.await_delivered(100, first)
        each.restart()
        each.await_delivered(200, first)
        first.send_signal(signal.SIGINT)
        code, interrupted, _ = finish(first)
        second = each.run(proxy.url, "--resume")
        each.await_delivered(330, second)
        each.restart()
        ended, summary, _ = finish(second)
        verdict, words = each.verify()

    assert (code, interrupted["outcome"]) == (130, "interrupted")
    assert (ended, summary["outcome"]) == (0, "all delivered"), summary
    assert interrupted["messages"] + summary["messages"] < 600
    assert proxy.injected.total() > 0
    assert (verdict, words.splitlines()[0][:5]) == (0, "PASS:"), words


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_minute_of_kills_loses_nothing(track: Callable[..., Track]) -> None:
    """The server dies three times, with a tenth of the POSTs broken; the fleet runs to its end alone."""
    each = track("--set", "fleet.0.count=240", "--set", "sink.batch=20", "--until", "2h", "--speed", "120")
    with injecting(each.server.url, share=0.1) as proxy:
        running = each.run(proxy.url)
        for count in (6_000, 13_000, 20_000):
            each.await_delivered(count, running)
            each.restart()
        code, summary, _ = finish(running)
        verdict, words = each.verify()

    assert (code, summary["outcome"]) == (0, "all delivered"), summary
    assert summary["seconds"] >= 60
    assert min(proxy.injected.values()) > 5
    assert (verdict, words.splitlines()[0][:5]) == (0, "PASS:"), words


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_minute_of_ends_and_resumes_loses_nothing(track: Callable[..., Track]) -> None:
    """The fleet is interrupted, and killed, and goes on; once without its state file."""
    each = track("--set", "fleet.0.count=240", "--set", "sink.batch=20", "--until", "2h", "--speed", "120")
    with injecting(each.server.url, share=0.1) as proxy:
        running = each.run(proxy.url)
        for count, number in ((6_000, signal.SIGINT), (12_000, signal.SIGKILL), (18_000, signal.SIGKILL)):
            each.await_delivered(count, running)
            running.send_signal(number)
            running.communicate(timeout=OVER)
            if count == 18_000:
                (each.folder / "results" / "office.state.json").unlink()
            running = each.run(proxy.url if count < 18_000 else each.server.url, "--resume")
        code, summary, _ = finish(running)
        verdict, words = each.verify()

    assert (code, summary["outcome"]) == (0, "all delivered"), summary
    assert (verdict, words.splitlines()[0][:5]) == (0, "PASS:"), words
