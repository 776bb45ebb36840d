"""`make bench`: samples a second that one core makes, with all errors of sensors, beside one from PyPI.

The peer is mockseries (trend + season + noise, one series at a time, no sensors): the nearest that there is.
Rounds alternate, so that the machine's other work hits both alike; what counts is CPU time.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from simulator.config import load
from simulator.group import Group
from simulator.plan import Span

DEVICES, MINUTES, ROUNDS = 10_000, 240, 5
ASKED = 10_000_000
INSTALL = 300.0  # seconds; the first start of the peer reaches out to an index
ROOT = Path(__file__).parents[1]


def ours() -> float:
    """Samples a second of ten thousand rooms: process, lag, bias, gain, drift, flicker, noise, rounding."""
    flicker = [f"profile.room.sensor.{index}.flicker={size}" for index, size in enumerate((0.02, 0.1, 3, 1))]
    config = load(
        "office", [f"fleet.0.count={DEVICES}", "fault=[]", "run.start=2026-03-02T09:00:00+01:00", *flicker]
    )
    start = config.run.start or 0
    group = Group(config.groups[0], Span(start, start, start + MINUTES * 60_000))
    group.prepare()
    begin = time.process_time()
    samples = sum(rows.values.size for rows in group.rest())
    return samples / (time.process_time() - begin)


def peer() -> float:
    """Samples a second of mockseries. Raises RuntimeError where it cannot be installed."""
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--frozen", "--isolated", "--only-group", "generators"]
    command += ["python", "-P", "tests/bench_mockseries.py"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=INSTALL, check=True)
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        raise RuntimeError(said[-1]) from None
    except (subprocess.TimeoutExpired, OSError) as error:
        raise RuntimeError(str(error)) from None
    return float(done.stdout)


def main() -> None:
    """Alternate, and print medians."""
    console = Console()
    mine: list[float] = []
    others: list[float] = []
    missing = ""
    for _ in range(ROUNDS):
        mine.append(ours())
        try:
            others += [] if missing else [peer()]
        except RuntimeError as error:
            missing = str(error)
    table = Table(title="series, one core", title_justify="left")
    table.add_column("generator")
    for column in ("samples/s", "least … most"):
        table.add_column(column, justify="right")
    table.add_row(f"eventbahn, {DEVICES:,} rooms × 4 sensors", *_spread(mine))
    table.add_row("mockseries, one series", *(_spread(others) if others else ("not installed", "")))
    console.print(table)
    if missing:
        console.print(f"mockseries could not be started: {missing}", markup=False)
    met = "met" if statistics.median(mine) >= ASKED else "missed"
    console.print(
        f"asked: {ASKED:,} samples/s: {met}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


def _spread(found: list[float]) -> tuple[str, str]:
    return f"{statistics.median(found):,.0f}", f"{min(found):,.0f} … {max(found):,.0f}"


if __name__ == "__main__":
    main()
