"""`make bench`: samples a second that one core makes, with all errors of sensors, beside one from PyPI.

The peer is mockseries (trend + season + noise, one series at a time, no sensors): the nearest that there is.
It is measured if it is installed (`pip install mockseries`); rounds alternate, so that noise hits both alike.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec

from rich.console import Console
from rich.table import Table

from simulator.config import load
from simulator.group import Group
from simulator.plan import Span

DEVICES, MINUTES, ROUNDS = 10_000, 60, 5


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
    """Samples a second of mockseries: a daily season, a trend and white noise."""
    noise, season, trend, utils = (
        import_module(f"mockseries.{part}") for part in ("noise", "seasonality", "trend", "utils")
    )
    series = (
        trend.LinearTrend(coefficient=0.1, time_unit=timedelta(days=1), flat_base=20)
        + season.DailySeasonality({timedelta(hours=6): -1.0, timedelta(hours=15): 1.0})
        + noise.GaussianNoise(mean=0, std=0.1)
    )
    first = datetime(2026, 3, 2, tzinfo=UTC).replace(tzinfo=None)
    points = utils.datetime_range(granularity=timedelta(minutes=1), start_time=first, num_points=20_000)
    begin = time.process_time()
    made = series.generate(points)
    return len(made) / (time.process_time() - begin)


def main() -> None:
    """Alternate, and print medians."""
    has_peer = find_spec("mockseries") is not None
    rounds = [(ours(), peer() if has_peer else float("nan")) for _ in range(ROUNDS)]
    mine, others = (statistics.median(column) for column in zip(*rounds, strict=True))
    table = Table(title="generation, one core", title_justify="left")
    for column in ("generator", "samples/s"):
        table.add_column(column, justify="right" if column == "samples/s" else "left")
    table.add_row(f"eventbahn, {DEVICES:,} rooms × 4 sensors", f"{mine:,.0f}")
    table.add_row("mockseries", f"{others:,.0f}" if has_peer else "not installed")
    Console().print(table)


if __name__ == "__main__":
    main()
