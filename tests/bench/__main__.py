"""`make bench`: installs the peers, runs the scenarios, shows tables, and writes a result file."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from tests.bench.installing import installed
from tests.bench.machine import Cores, cores, crowded, described, raise_descriptors
from tests.bench.records import Record, Records
from tests.bench.scenarios import SCENARIOS, Job, jobs
from tests.bench.server import BrokenError
from tests.bench.streams import reader
from tests.bench.tables import show
from tests.bench.targets import Target, judged
from tests.peers.recipe import ROOT, recipes

__all__ = ["bench"]

WIDTH = 110  # columns at least: a table that is redirected to a file is not squeezed


@click.command()
@click.option(
    "--scenario", "only", multiple=True, type=click.Choice(list(SCENARIOS)), help="Only this one; repeatable."
)
@click.option(
    "--peer",
    "chosen",
    multiple=True,
    type=click.Choice(list(recipes())),
    help="Only this server; repeatable.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Of each scenario but the long ones.",
)
@click.option(
    "--seconds", type=click.FloatRange(0.5), default=4.0, show_default=True, help="Length of a round."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Result file; default: results/bench-TIME.json.",
)
def bench(only: Sequence[str], chosen: Sequence[str], rounds: int, seconds: float, out: Path | None) -> None:
    """The reference server beside others, in one run; only ratios mean anything elsewhere."""
    load, most, where = os.getloadavg()[0], raise_descriptors(), cores()
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    if where.server == where.generator:
        progress.print("one core only: server and generator share it, and their times are each other's")
    os.sched_setaffinity(0, {where.generator})
    machine = {**described(), "started": datetime.now(UTC).isoformat(timespec="seconds")}
    try:
        reader()
    except BrokenError as error:
        raise click.ClickException(str(error)) from None
    peers, missing = installed(
        {key: peer for key, peer in recipes().items() if not chosen or key in chosen}, progress
    )
    wanted = [scenario for scenario in SCENARIOS if not only or scenario in only]
    records, names = run(
        [job for each in wanted for job in jobs(each, peers, where, rounds, seconds, most)], progress
    )
    targets = judged(records, peers)
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    show(console, records, targets, names)
    for name, reason in missing.items():
        console.print(f"not measured: {name}: {reason}")
    file = out or ROOT / "results" / f"bench-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    write(file, machine, where, records, targets, missing)
    if note := crowded(load):
        console.print(note)
    console.print(f"written to {file}")


def run(plan: Sequence[Job], progress: Console) -> tuple[Records, dict[str, str]]:
    """Each job in turn, told as it goes. A server that breaks fails its round, not the run."""
    records, names = Records(), {job.subject: job.name for job in plan}
    began = time.monotonic()
    for number, job in enumerate(plan, 1):
        with progress.status(f"{number}/{len(plan)} {job.scenario}: {job.name}"):
            try:
                record = Record(job.scenario, job.subject, job.measure())
            except (BrokenError, OSError) as error:
                record = Record(job.scenario, job.subject, {}, str(error))
        records.add(record)
        told = ", ".join(f"{name} {value:,.6g}" for name, value in record.figures.items())
        clock = f"{time.monotonic() - began:4.0f} s"
        progress.print(f"{clock} {number}/{len(plan)} {job.scenario}: {job.name}: {told or record.failed}")
    return records, names


def write(
    file: Path,
    machine: Mapping[str, object],
    where: Cores,
    records: Records,
    targets: Sequence[Target],
    missing: Mapping[str, str],
) -> None:
    """All rounds as they were, so that anybody can take other medians."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fields = {
        "schema": "eventbahn-bench/1",
        "machine": {**machine, **where._asdict(), "load_after": os.getloadavg()},
        "rounds": [each._asdict() for each in records.rounds],
        "targets": [each._asdict() for each in targets],
        "missing": missing,
    }
    file.write_text(json.dumps(fields, indent=1) + "\n")


if __name__ == "__main__":
    bench()
