"""CONFIG and the options that change it, which most fleet commands share; usage errors are raised here."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeVar

import click

from .config import Config, load
from .overrides import override_arguments
from .plan import Span
from .tables import ConfigError

__all__ = ["check_folder", "configured", "load_config", "shard_of"]

Command = TypeVar("Command", bound=Callable[..., Any])


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


def load_config(
    number: int,
    of: int,
    *,
    config: str,
    overrides: tuple[str, ...],
    until: str | None,
    speed: str | None,
    url: str | None,
) -> tuple[Config, Span]:
    """The devices of shard `number` of `of`, and the span of their run; raises click.UsageError."""
    flags = {"run.until": until, "run.speed": speed, "sink.url": url}
    try:
        loaded = load(config, [*overrides, *override_arguments(flags)]).shard(number, of)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    run = loaded.run
    start = int(time.time() * 1000) if run.start is None else run.start
    return loaded, Span(start, start - run.backfill, None if run.until is None else start + run.until)


def check_folder(out: Path) -> None:
    """Make the folder of `--out` and see that it takes files; raises click.UsageError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise click.UsageError(f"--out {out}: cannot be written to: {error.strerror}") from error


def shard_of(text: str) -> tuple[int, int]:
    """I and N of `I/N`; raises click.UsageError."""
    number, slash, of = text.partition("/")
    if not (slash and number.isdigit() and of.isdigit() and 1 <= int(number) <= int(of)):
        raise click.UsageError(f"--shard {text}: expected I/N with I from 1 to N, like 1/2")
    return int(number), int(of)
