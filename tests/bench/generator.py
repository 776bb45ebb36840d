"""The load tests' own command with ten thousand subscribers in one process, looked at from outside."""

import json
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.bench.machine import Cores, on
from tests.bench.server import BrokenError, environment, running
from tests.peers.recipe import ROOT, Recipe

__all__ = ["Generated", "generate"]

FEW = 100  # whatever is loaded for the first streams is no stream's own
SETTLE = 16.0  # seconds; half of them are for connecting
LOOK = 0.25
LATEST = 60.0  # seconds that a run may take beyond its plan
LOCUST = [str(Path(sys.executable).with_name("locust")), "-f", str(ROOT / "loadtests")]


class Look(NamedTuple):
    """At the process, at a time of the wall clock."""

    seconds: float
    cpu: float
    rss: int


class Generated(NamedTuple):
    """What became of the most subscribers."""

    subscribers: int
    bytes_each: float  # of RSS, at most, while they were fed
    cpu: float  # seconds of the process
    deliveries: int
    lost: int
    p99: float  # seconds
    invalid: Sequence[str]

    @property
    def microseconds(self) -> float:
        """CPU time for each delivery, all that Locust does included."""
        return self.cpu / max(self.deliveries, 1) * 1e6


def generate(
    ours: Recipe, where: Cores, subscribers: int, pack: int, rate: float, seconds: float
) -> Generated:
    """With `pack` of them to a user. Raises BrokenError."""
    with running(ours, where.server) as server, tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "result.json"
        options = {
            "--host": f"http://127.0.0.1:{server.port}",
            "--levels": f"{FEW},{subscribers}",
            "--subs-per-user": str(pack),
            "--settle": f"{SETTLE:g}",
            "--hold": f"{seconds:g}",
            "--pub-rate": f"{rate:g}",
            "--out": str(out),
        }
        words = (word for pair in options.items() for word in pair)
        looks = watched(
            [*LOCUST, "--headless", "--only-summary", *words],
            where.generator,
            2 * (SETTLE + seconds) + LATEST,
        )
        if not out.exists():
            raise BrokenError("the run wrote no result")
        return told(json.loads(out.read_text(encoding="utf-8")), looks)


def watched(command: Sequence[str], core: int, seconds: float) -> list[Look]:
    """A run, to its end. Raises BrokenError if that does not come."""
    looks: list[Look] = []
    with on(core):
        process = psutil.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    until = time.monotonic() + seconds
    try:
        while process.poll() is None:
            if time.monotonic() > until:
                raise BrokenError(f"the run was not over after {seconds:g} s")
            with process.oneshot():
                looks.append(Look(time.time(), sum(process.cpu_times()[:2]), process.memory_info().rss))
            time.sleep(LOOK)
    except psutil.NoSuchProcess:
        pass  # it ended meanwhile
    finally:
        if process.is_running():
            process.kill()
        process.wait()
    return looks


def told(result: Mapping[str, Any], looks: Sequence[Look]) -> Generated:
    """From the result file, and what was seen from outside. Raises BrokenError for half a run."""
    few, many = result["phases"] if len(result["phases"]) == 2 else (None, None)
    if few is None or many is None or len(looks) < 2:
        raise BrokenError(f"the run did not get far: {'; '.join(result['invalid'])}")
    began = datetime.fromisoformat(result["run"]["started"]).timestamp()

    def at(seconds: float) -> int:
        return max(0, bisect_right(looks, began + seconds, key=lambda look: look.seconds) - 1)

    since, until = (at(seconds) for seconds in many["judged"])
    most = max(look.rss for look in looks[since : until + 1])
    deliver = many["metrics"]["deliver"]
    return Generated(
        many["subs"],
        (most - looks[at(few["t"][1])].rss) / (many["subs"] - few["subs"]),
        looks[until].cpu - looks[since].cpu,
        deliver["n"],
        many["loss"]["lost"],
        (deliver["p99_us"] or 0) / 1e6,
        result["invalid"],
    )
