"""`eventbahn fleet …`: all its commands, and `run`: starts one and turns its outcome into an exit code."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import click

from .config import Config
from .control import Control
from .display import Display
from .figures import moment
from .look_cli import faults, models, new, plan, preview
from .options import check_folder, configured, load_config, shard_of
from .plan import Span
from .proof.cli import verify
from .replay.cli import replay
from .resume import Resumed, resume
from .run import FleetRun
from .session import attend
from .state import StateError, state_path
from .stats import UnjudgedError
from .tables import ConfigError

__all__ = ["fleet"]


@click.group()
def fleet() -> None:
    """Run a fleet of simulated devices: physics, sensors, faults, schedule, delivery.

    CONFIG is a TOML file or the name of a bundled preset (`eventbahn fleet new office` shows one).
    """


for command in (replay, verify, plan, preview, faults, models, new):
    fleet.add_command(command)


@fleet.command()
@configured
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Folder for state, truth and rejected messages.",
)
@click.option("--resume", "resumed", is_flag=True, help="Go on with the run that --out has the state of.")
@click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines on stdout.")
@click.pass_context
def run(ctx: click.Context, /, as_json: bool, resumed: bool, out: Path, shard: str, **options: Any) -> None:
    """Send the measurements of CONFIG's devices to POST /measurements.

    While it runs, faults can be injected: by keys in a terminal, or by JSON lines on stdin like
    {"fault": "stuck", "match": "room-1*", "for": "60s"}.

    Exit codes: 0 all delivered, 2 usage or configuration, 3 undelivered or refused messages, 130 interrupted.
    Ctrl-C delivers what is queued for up to 5 s; a second one leaves at once. What is not delivered then, or
    when a run is killed or gives up, --resume makes again: from the state file, and without it by what the
    receiver says that it has (GET /stats).
    """
    number, of = shard_of(shard)
    config, span = load_config(number, of, **options)
    label = config.run.name if of == 1 else f"{config.run.name}.{number}of{of}"
    check_folder(out)
    display = Display(as_json=as_json)
    found = Resumed(config, span, None, None)
    if resumed:
        found = _resumed(config, span, state_path(out, label), options)
    fleet_run = FleetRun(
        found.config, found.span, out, label, display.say, state=found.state, holdings=found.holdings
    )

    def listen(end: Callable[[], None]) -> Coroutine[Any, Any, None]:
        control = Control(fleet_run, display.say, display.complain, end)
        display.help = control.help
        return control.listen()

    ctx.exit(asyncio.run(attend(fleet_run, display, _greeting(fleet_run), listen)))


def _resumed(config: Config, span: Span, path: Path, options: dict[str, Any]) -> Resumed:
    given = {name: options[name] is not None for name in ("until", "url")}
    try:
        return resume(config, span, path, **given)
    except (StateError, ConfigError, UnjudgedError, OSError) as error:
        raise click.UsageError(f"--resume: {error}") from error


def _greeting(fleet_run: FleetRun) -> str:
    config = fleet_run.config
    devices = sum(len(plan.ids) for plan in config.groups)
    speed = "as fast as it is taken" if config.run.speed is None else f"at {config.run.speed:g}×"
    begin = f", resumed at {moment(fleet_run.position)}" if fleet_run.resumed else ""
    return f"{config.run.name}: {devices:,} devices → {config.sink.url} {speed}{begin}"
