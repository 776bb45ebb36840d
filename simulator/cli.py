"""`eventbahn fleet …`: reads options, starts a run, and turns its outcome into an exit code."""

import asyncio
import csv
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

import click

from .config import Config, load, presets
from .display import Display
from .distributions import as_toml
from .forecast import fault_rows, size_rows
from .models.catalogue import MODELS
from .outage import UndeliverableError
from .overrides import override_arguments
from .plan import Span
from .preview import chosen, print_blocks, print_csv, write_picture
from .run import FleetRun
from .stop import Stop
from .tables import ConfigError
from .timeline import DAY_MS
from .truth import HEADER

__all__ = ["fleet"]

GOOD, USAGE, UNDELIVERED, INTERRUPTED = 0, 2, 3, 130
GRACE_OF_INTERRUPT, GRACE_OF_TERMINATE = 5.0, 0.5  # seconds to deliver what is queued
Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def fleet() -> None:
    """Run a fleet of simulated devices: physics, sensors, faults, schedule, delivery.

    CONFIG is a TOML file or the name of a bundled preset (`eventbahn fleet new office` shows one).
    """


def configured(command: Command) -> Command:
    """CONFIG and the options that change it."""
    options = [
        click.argument("config"),
        click.option(
            "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override, like run.speed=60."
        ),
        click.option("--until", metavar="DURATION", help="End after so much simulated time, like 1h."),
        click.option("--speed", metavar="N|max", help="Simulated seconds per second."),
        click.option("--shard", metavar="I/N", default="1/1", help="Only the devices of shard I of N."),
        click.option("--url", metavar="BASE", help="Base URL of the receiver."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@fleet.command()
@configured
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder for truth and rejected messages.",
)
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines on stdout.")
@click.pass_context
def run(ctx: click.Context, /, as_json: bool, out: Path, shard: str, **options: Any) -> None:
    """Send the measurements of CONFIG's devices to POST /measurements.

    Exit codes: 0 all delivered, 2 usage or configuration, 3 undelivered or refused messages, 130 interrupted.
    Ctrl-C delivers what is queued for up to 5 s; a second one leaves at once.
    """
    number, of = _shard(shard)
    config, span = _load(number, of, **options)
    label = config.run.name if of == 1 else f"{config.run.name}.{number}of{of}"
    _check_folder(out)
    display = Display(as_json=as_json)
    fleet_run = FleetRun(config, span, out, label, display.say)
    ctx.exit(asyncio.run(_run(fleet_run, display)))


async def _run(fleet_run: FleetRun, display: Display) -> int:
    stop = Stop()

    def end(grace: float) -> None:
        if not stop.asked:
            display.say(f"ending: up to {grace:g} s for what is queued; once more to leave at once")
        stop.ask(grace)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, end, GRACE_OF_INTERRUPT)
    loop.add_signal_handler(signal.SIGTERM, end, GRACE_OF_TERMINATE)
    display.say(_greeting(fleet_run))
    watching = asyncio.create_task(display.watch(fleet_run))
    try:
        await fleet_run.deliver(stop)
    except (UndeliverableError, OSError) as error:
        display.say(f"stopped: {error}")
        outcome, code = "not delivered", UNDELIVERED
    else:
        outcome, code = _outcome(fleet_run, stop)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    display.finish(fleet_run, outcome)
    return code


def _outcome(fleet_run: FleetRun, stop: Stop) -> tuple[str, int]:
    if stop.asked:
        return "interrupted", INTERRUPTED
    if fleet_run.tally.undelivered:
        return "not all delivered", UNDELIVERED
    return "all delivered", GOOD


def _greeting(fleet_run: FleetRun) -> str:
    config = fleet_run.config
    devices = sum(len(plan.ids) for plan in config.groups)
    speed = "as fast as it is taken" if config.run.speed is None else f"at {config.run.speed:g}×"
    return f"{config.run.name}: {devices:,} devices → {config.sink.url} {speed}"


def _load(
    number: int,
    of: int,
    *,
    config: str,
    overrides: tuple[str, ...],
    until: str | None,
    speed: str | None,
    url: str | None,
) -> tuple[Config, Span]:
    flags = {"run.until": until, "run.speed": speed, "sink.url": url}
    try:
        loaded = load(config, [*overrides, *override_arguments(flags)]).shard(number, of)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    run = loaded.run
    start = int(time.time() * 1000) if run.start is None else run.start
    return loaded, Span(start, start - run.backfill, None if run.until is None else start + run.until)


def _check_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise click.UsageError(f"--out {out}: cannot be written to: {error.strerror}") from error


def _shard(text: str) -> tuple[int, int]:
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise click.UsageError(f"--shard {text}: expected I/N with I from 1 to N, like 1/2")
    return int(number), int(of)


@fleet.command()
@configured
def plan(shard: str, **options: Any) -> None:
    """Tell how large a run of CONFIG is, and how fast this machine makes it. Sends nothing."""
    rows = size_rows(*_load(*_shard(shard), **options))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


@fleet.command()
@configured
def faults(shard: str, **options: Any) -> None:
    """Print the faults that a run of CONFIG meets (its first day without --until), as CSV. Sends nothing."""
    config, span = _load(*_shard(shard), **options)
    end = span.start + DAY_MS if span.end is None else span.end
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(fault_rows(config, span, end))


@fleet.command()
@configured
@click.option(
    "--device", default=None, metavar="GLOB", help="Which devices; default: the first of each fleet."
)
@click.option("--days", default=1.0, show_default=True, type=click.FloatRange(0.001, 366), help="How long.")
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="A picture: PNG, SVG or PDF."
)
@click.option("--stats", is_flag=True, help="With spectrum and autocorrelation, in the picture.")
@click.option("--csv", "as_csv", is_flag=True, help="Readings as CSV on stdout, instead of lines of blocks.")
def preview(
    *,
    device: str | None,
    days: float,
    output: Path | None,
    stats: bool,
    as_csv: bool,
    shard: str,
    **options: Any,
) -> None:
    """Show what devices of CONFIG would send, and their faults. Sends nothing.

    Without -o each sensor is a line of blocks. A picture needs matplotlib: pip install 'eventbahn[report]'.
    """
    if stats and output is None:
        raise click.UsageError("--stats goes into a picture: give it a file with -o")
    config, span = _load(*_shard(shard), **options)
    span = Span(span.start, span.start, span.start + round(days * DAY_MS))
    found = list(chosen(config, span, device))
    if output is not None:
        write_picture(found, output, stats=stats)
    elif as_csv:
        print_csv(found)
    else:
        print_blocks(found)


@fleet.command()
def models() -> None:
    """List the models with their outputs and parameters."""
    for name, model in MODELS.items():
        click.echo(f"{name}: {model.about}")
        for key, output in model.outputs.items():
            click.echo(
                f"  from = {key!r:<16} {output.unit:<6} {output.low:g} … {output.high:g}  {output.about}"
            )
        for key, param in model.params.items():
            default = as_toml(param.default)
            click.echo(f"  params.{key} = {default}  from {param.low:g} to {param.high:g}: {param.about}")
        for kind, what in model.upset_by.items():
            click.echo(f"  fault {kind!r}  {what}")


@fleet.command()
@click.argument("preset")
def new(preset: str) -> None:
    """Print a bundled preset, to be kept in a file and changed."""
    known = presets()
    if preset not in known:
        raise click.UsageError(f"no preset {preset!r}; there are {', '.join(sorted(known))}")
    click.echo(known[preset].read_text(encoding="utf-8"), nl=False)
