"""The same server gets the same verdicts, however busy the machine is that judges it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import EVENTBAHN

RUNS = 10
CORES = 2
RUN_SECONDS = 120.0
NAPLESS = "while True: pass"


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """As many processes that never wait."""
    with ExitStack() as stack:
        for _ in range(cores):
            process = stack.enter_context(subprocess.Popen([sys.executable, "-c", NAPLESS]))
            stack.callback(process.kill)
        yield


def verdicts(result: Path) -> dict[str, str]:
    """Row → verdict, and what was seen where it is not PASS, of one run on the reference server."""
    run = subprocess.run(
        [*EVENTBAHN, "check", "--sse-json", str(result)],
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert result.exists(), run.stdout + run.stderr
    rows = json.loads(result.read_text(encoding="utf-8"))["rows"]
    return {
        row["id"]: row["verdict"] + f": {row['observed'] or row['reason']}" * (row["verdict"] != "PASS")
        for row in rows
    }


@pytest.mark.soak
@pytest.mark.timeout(RUNS * RUN_SECONDS)
def test_ten_runs_on_a_busy_machine_say_the_same(tmp_path: Path) -> None:
    with busy(max(CORES, os.cpu_count() or 1)):
        runs = [verdicts(tmp_path / f"{number}.json") for number in range(RUNS)]

    said = {row: Counter(run[row] for run in runs) for row in runs[0]}
    assert {row: dict(counts) for row, counts in said.items() if len(counts) > 1} == {}
