"""Locust as a command, and the stub server that it is measured by."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.conftest import first_line

ROOT = Path(__file__).parents[2]
LOCUST = [str(Path(sys.executable).with_name("locust")), "-f", str(ROOT / "loadtests")]
SHORT = ("--scenario", "fanout", "--levels", "20", "--settle", "1", "--hold", "2", "--pub-rate", "20")
LONG = 150.0  # seconds; a run of some seconds, on a machine that has much else to do


class Outcome(NamedTuple):
    """What a run left behind; `result` is None where it wrote no file.

    `record` is the stub's: when each event was due, and when it was written to a stream (ns).
    """

    code: int
    text: str
    result: dict[str, Any] | None
    injected: dict[str, int]
    record: list[tuple[int, int]]

    @property
    def began_ns(self) -> int:
        """When the plan began: a whole second."""
        assert self.result is not None, self.text
        return int(datetime.fromisoformat(self.result["run"]["started"]).timestamp()) * 1_000_000_000

    @property
    def phase(self) -> dict[str, Any]:
        """The only phase."""
        assert self.result is not None, self.text
        (phase,) = self.result["phases"]
        assert isinstance(phase, dict)
        return phase

    @property
    def rows(self) -> list[tuple[str, int, int, int, int]]:
        """Source, number, subscribers reached, µs to the first and to the last, of every probe."""
        assert self.result is not None, self.text
        assert self.result["events"]["sampled"] == 1
        rows: list[tuple[str, int, int, int, int]] = self.result["events"]["rows"]
        return rows

    def slower_than(self, us: int) -> int:
        """Judged deliveries of the only phase that surely took longer."""
        assert self.result is not None, self.text
        (histograms,) = self.result["hist"]["phases"].values()
        return sum(n for edge, n in histograms["deliver"] if edge >= us)

    @property
    def loss(self) -> dict[str, int]:
        loss = self.phase["loss"]
        assert isinstance(loss, dict)
        return loss


@contextmanager
def stub(*faults: str) -> Iterator[str]:
    """The stub server's URL."""
    with stub_process(*faults) as (url, _):
        yield url


@contextmanager
def stub_process(*faults: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The stub server's URL, and its process."""
    command = [sys.executable, "-P", "-m", "tests.loadtests.stub", *faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield first_line(process), process
        finally:
            process.kill()


def start(url: str, out: Path, *options: str, session: bool = False) -> subprocess.Popen[str]:
    """Locust against `url`, in the background; in a `session` of its own a signal can go to all of it."""
    return subprocess.Popen(
        [*LOCUST, "--host", url, "--headless", "--only-summary", "--out", str(out), *options],
        cwd=out.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=session,
    )


def outcome(
    process: subprocess.Popen[str], out: Path, url: str | None = None, *, seconds: float = LONG
) -> Outcome:
    """Wait for the end of a run; `url` is that of the stub."""
    text, _ = process.communicate(timeout=seconds)
    result = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
    injected = httpx.get(f"{url}/stats", trust_env=False).json() if url else {}
    record = httpx.get(f"{url}/record", trust_env=False).json() if url else []
    return Outcome(process.returncode, text, result, injected, record)


Load = Callable[..., Outcome]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(url, "--levels", "20")` runs Locust to its end."""

    def run(url: str, *options: str) -> Outcome:
        out = tmp_path / "result.json"
        out.unlink(missing_ok=True)
        return outcome(start(url, out, *options), out)

    return run
