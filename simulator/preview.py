"""What `eventbahn fleet preview` shows: traces as a picture, as CSV, or as blocks in the terminal."""

import csv
import math
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import click
import numpy as np

from .config import Config
from .picture import draw
from .plan import Span
from .trace import Trace, sparkline, traces

__all__ = ["chosen", "print_blocks", "print_csv", "write_picture"]

MOST_SHOWN = 12  # devices


def chosen(config: Config, span: Span, device: str | None) -> Iterator[Trace]:
    """The traces of the devices whose ids match, or of the first of each fleet; raises click.UsageError."""
    picked = [
        (plan, [name for name in plan.ids if fnmatchcase(name, device)] if device else list(plan.ids[:1]))
        for plan in config.groups
    ]
    number = sum(len(names) for _, names in picked)
    if not number:
        raise click.UsageError(f"--device {device}: no device has such a name")
    if number > MOST_SHOWN:
        raise click.UsageError(
            f"--device {device}: that are {number} devices; at most {MOST_SHOWN} can be shown"
        )
    for plan, names in picked:
        if names:
            yield from traces(plan, names, span)


def write_picture(found: list[Trace], output: Path, *, stats: bool) -> None:
    """Draw into a file; raises click.UsageError."""
    try:
        draw(found, output, stats=stats)
    except ModuleNotFoundError as error:
        raise click.UsageError(f"-o needs {error.name}: pip install 'eventbahn[report]'") from error
    except (OSError, ValueError) as error:
        raise click.UsageError(f"-o {output}: cannot be written: {error}") from error
    click.echo(f"{output}: {len(found)} device{'s' if len(found) > 1 else ''}")


def print_csv(found: list[Trace]) -> None:
    """A line for each reading."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("device", "ts", "sensor", "value"))
    for trace in found:
        for column, ts in enumerate(trace.ts.tolist()):
            for sensor, value in zip(trace.sensors, trace.values[:, column].tolist(), strict=True):
                if not math.isnan(value):
                    writer.writerow((trace.device, int(ts), sensor.name, sensor.shown(value)))


def print_blocks(found: list[Trace]) -> None:
    """A line for each sensor and fault."""
    width = max(20, min(shutil.get_terminal_size().columns, 140) - 44)
    for trace in found:
        for sensor, values in zip(trace.sensors, trace.values, strict=True):
            known = values[np.isfinite(values)]
            bounds = f"{known.min():.7g} … {known.max():.7g}" if len(known) else "nothing"
            name = f"{trace.device} {sensor.name}"
            click.echo(f"{name:<24} {sparkline(values, width)} {bounds} {sensor.unit}")
        for fault in trace.faults:
            begin = datetime.fromtimestamp(fault.start / 1000, UTC)
            where = trace.sensors[fault.sensor].name if fault.sensor >= 0 else "device"
            click.echo(
                f"{'':<24} {fault.fault.kind} of {where} from {begin:%Y-%m-%d %H:%M:%S}Z, "
                f"{(fault.end - fault.start) / 60_000:g} min"
            )
