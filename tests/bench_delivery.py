"""`make bench`: a fleet as a command, and our server: how fast, how late, at what cost, a core each.

The server keeps what it takes in SQLite; a sponge (tests/bench/sponge.py) takes all and looks at nothing, so
it is the fleet alone. CPU time is that of the processes, from /proc, without what the warm-up took.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from rich.console import Console
from rich.table import Table

from simulator.config import load
from tests.bench.machine import cores, on
from tests.bench.server import Server, environment, serving

EVENTBAHN = [sys.executable, "-P", "-m", "eventbahn"]
ROOT = Path(__file__).parents[1]
WIDTH = 130
LOOKS, A_MINUTE = 5, 12  # progress lines, five seconds apart, between which is measured
SAMPLES, SHARE = 250_000, 5.0  # asked: samples a second, and per cent of a core
CLEAN = ["fault=[]", "run.start=2026-03-02T09:00:00+01:00"]
FAST = [*CLEAN, "run.speed=max", "sink.batch=1000"]
Receiver = Callable[[int, Path], Sequence[str]]


class Look(NamedTuple):
    """What a progress line tells, when it came, and the CPU seconds of both sides by then."""

    told: dict[str, Any]
    at: float
    fleet: float
    receiver: float


class Pace(NamedTuple):
    """Messages and samples a second; per cent of a core that each side used; `late`: ms, by percentile."""

    messages: float
    samples: float
    fleet: float
    receiver: float
    late: dict[str, float]


def sqlite(port: int, folder: Path) -> Sequence[str]:
    """Our server, with a log on disk."""
    return [*EVENTBAHN, "serve", "--port", str(port), "--log", f"sqlite:{folder}/log.db"]


def sponge(port: int, _: Path) -> Sequence[str]:
    """What takes all."""
    return [sys.executable, "-P", "-m", "tests.bench.sponge", str(port)]


def measure(receiver: Receiver, preset: str, overrides: Sequence[str], looks: int) -> Pace:
    """Run a fleet against a receiver for a while, at its work."""
    sensors = len(load(preset, overrides).groups[0].profile.sensors)
    with serving(receiver, "/events", cores().server) as server, running(preset, overrides, server) as fleet:
        found = list(look(fleet, server, looks))
        fleet.send_signal(signal.SIGINT)
        told = map(json.loads, fleet.communicate(timeout=60)[0].splitlines())
        summary = next(line for line in told if line["type"] == "summary")
    first, last = found[0], found[-1]
    seconds = last.at - first.at
    messages = (last.told["accepted"] - first.told["accepted"]) / seconds
    return Pace(
        messages,
        messages * sensors,
        100 * (last.fleet - first.fleet) / seconds,
        100 * (last.receiver - first.receiver) / seconds,
        summary["late_ms"],
    )


@contextmanager
def running(preset: str, overrides: Sequence[str], server: Server) -> Iterator["subprocess.Popen[str]"]:
    """The command, on its core."""
    url = f"http://127.0.0.1:{server.port}"
    options = [part for each in overrides for part in ("--set", each)]
    with tempfile.TemporaryDirectory() as folder, on(cores().generator):
        fleet = subprocess.Popen(
            [*EVENTBAHN, "fleet", "run", preset, *options, "--json", "--out", folder, "--url", url],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield fleet
        finally:
            fleet.kill()
            fleet.wait()


def look(fleet: "subprocess.Popen[str]", server: Server, looks: int) -> Iterator[Look]:
    """The progress lines of a fleet that is live and delivers."""
    process = psutil.Process(fleet.pid)
    assert fleet.stdout is not None
    for line in fleet.stdout:
        told = json.loads(line)
        if told["type"] == "progress" and told["phase"] == "live" and told["accepted"]:
            yield Look(told, time.monotonic(), sum(process.cpu_times()[:2]), server.cpu())
            looks -= 1
        if looks < 0:
            return
    raise RuntimeError(f"the fleet ended with exit code {fleet.wait()}")


CASES: dict[str, tuple[Receiver, str, list[str]]] = {
    "10,000 rooms × 4 as fast as it goes → SQLite": (sqlite, "office", [*FAST, "fleet.0.count=10000"]),
    "2,000 stations × 8 as fast as it goes → SQLite": (sqlite, "weather", [*FAST, "fleet.0.count=2000"]),
    "2,000 stations × 8 as fast as it goes → sponge": (sponge, "weather", [*FAST, "fleet.0.count=2000"]),
    "100,000 rooms once a minute → SQLite": (sqlite, "office", [*CLEAN, "fleet.0.count=100000"]),
    "100,000 rooms once a minute, linger = 1 s → SQLite": (
        sqlite,
        "office",
        [*CLEAN, "fleet.0.count=100000", "sink.linger=1s"],
    ),
    "10,000 rooms once a second → sponge": (
        sponge,
        "office",
        [*CLEAN, "fleet.0.count=10000", "profile.room.every=1s", "profile.room.jitter=0ms"],
    ),
}


def main() -> None:
    """Measure, and print."""
    console = Console(width=WIDTH)
    table = Table(title="delivery, each side on a core of its own", title_justify="left")
    table.add_column("fleet → receiver")
    for column in ("messages/s", "samples/s", "fleet, % of a core", "receiver", "late p50, ms", "p95", "p99"):
        table.add_column(column, justify="right")
    chosen = {name: case for name, case in CASES.items() if all(word in name for word in sys.argv[1:])}
    for name, case in chosen.items():
        pace = measure(*case, A_MINUTE if "a minute" in name else LOOKS)  # the models step once a minute
        rates = f"{pace.messages:,.0f}", f"{pace.samples:,.0f}", f"{pace.fleet:.1f}", f"{pace.receiver:.1f}"
        live = "as fast" not in name
        table.add_row(name, *rates, *(f"{each:g}" if live else "" for each in pace.late.values()))
    console.print(table)
    console.print(
        f"asked: {SAMPLES:,} samples/s into SQLite; {SHARE:g} % of a core for 100,000 rooms;"
        f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
