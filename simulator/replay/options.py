"""Options of `eventbahn fleet replay`: how a recording is read, how it is played, and what they mean."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator.config import Run, SinkPlan, load_delivery
from simulator.overrides import override_arguments
from simulator.replay.columns import Columns
from simulator.replay.playback import PlaybackPlan
from simulator.replay.recording import Recording, Wording
from simulator.replay.survey import Survey
from simulator.replay.table import CsvTable
from simulator.replay.times import zone_of
from simulator.tables import ConfigError

__all__ = ["delivery_of", "fit", "plan_of", "played", "recorded", "recording_of"]

UNFIT = re.compile(r"[^A-Za-z0-9._:~-]+")
LONGEST_NAME = 128
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
MARKS = {"point": ".", "comma": ","}
Command = TypeVar("Command", bound=Callable[..., Any])


def recorded(command: Command) -> Command:
    """DATA and how it is to be read."""
    options = [
        click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False)),
        click.option("--time-column", multiple=True, metavar="NAME", help="Several are joined by a blank."),
        click.option("--device-column", metavar="NAME", help="Whose a row is; else all are --device's."),
        click.option("--sensor-column", metavar="NAME", help="Of a long recording: which sensor."),
        click.option("--value-column", metavar="NAME", help="Of a long recording: its value."),
        click.option("--column", multiple=True, metavar="NAME", help="Of values; default: all others."),
        click.option("--device", metavar="NAME", help="Default: the name of the file."),
        click.option(
            "--time-format", metavar="FORMAT", help="s, ms, us, ns, iso, or one like '%d.%m.%Y %H:%M'."
        ),
        click.option(
            "--tz", default="UTC", show_default=True, metavar="ZONE", help="Of times without an offset."
        ),
        click.option("--decimal", type=click.Choice(["point", "comma"]), help="Default: recognised."),
        click.option("--delimiter", type=click.Choice(list(DELIMITERS)), help="Default: recognised."),
        click.option("--encoding", default="utf-8", show_default=True, metavar="NAME"),
        click.option("--missing", multiple=True, metavar="WORD", help="A word for no value, like -9999."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def played(command: Command) -> Command:
    """How it is played, and to whom."""
    options = [
        click.option("--url", metavar="BASE", help="Base URL of the receiver."),
        click.option("--speed", metavar="N|max", help="Recorded seconds per second; default 1."),
        click.option(
            "--align",
            type=click.Choice(["now", "start", "keep"]),
            default="now",
            show_default=True,
            help="The first row is stamped now, at --start, or as it was recorded.",
        ),
        click.option("--start", metavar="TIME", help="For --align start, like 2026-03-02T08:00:00Z."),
        click.option("--loop", is_flag=True, help="Again and again, until --until or Ctrl-C."),
        click.option("--until", metavar="DURATION", help="End after so much recorded time, like 1h."),
        click.option("--devices", "copies", default=1, type=click.IntRange(1, 1_000_000), metavar="N",
                     help="Play each device of the recording by N devices."),
        click.option("--phase", type=click.Choice(["spread", "aligned"]), default="spread",
                     show_default=True, help="Whether those N speak at moments of their own."),
        click.option("--vary", default=0.0, type=click.FloatRange(0, 1), metavar="SHARE",
                     help="Values of each device differ by a factor of up to 1 ± SHARE."),
        click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE",
                     help="Of the delivery, like sink.batch=1000."),
        click.option("--out", type=click.Path(path_type=Path), default=Path("results"), show_default=True,
                     help="Folder for refused messages."),
        click.option("--verify", is_flag=True, help="Prove at the end that all arrived, by GET /stats."),
        click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines on stdout."),
    ]  # fmt: skip # an option in two lines
    for option in reversed(options):
        command = option(command)
    return command


def delivery_of(options: dict[str, Any]) -> tuple[Run, SinkPlan]:
    """Pace and receiver; raises ConfigError."""
    if (options["align"] == "start") != (options["start"] is not None):
        raise ConfigError("--align start and --start TIME go together")
    flags = {"run.until": options["until"], "run.speed": options["speed"], "run.start": options["start"]}
    return load_delivery([*options["overrides"], *override_arguments({**flags, "sink.url": options["url"]})])


def recording_of(data: Path, options: dict[str, Any]) -> Recording:
    """The file, and what its columns mean; raises RecordingError, ValueError and OSError."""
    table = CsvTable(data, options["encoding"], DELIMITERS.get(options["delimiter"]))
    columns = Columns(
        time=options["time_column"],
        device=options["device_column"],
        sensor=options["sensor_column"],
        value=options["value_column"],
        values=options["column"],
    )
    mark = MARKS.get(options["decimal"])
    wording = Wording(options["time_format"], zone_of(options["tz"]), mark, options["missing"])
    return Recording(table, columns, wording, options["device"] or fit(data.stem))


def plan_of(told: Survey, run: Run, boot: int, options: dict[str, Any]) -> PlaybackPlan:
    """How a recording is played in the run that begins at `boot` (ms UTC)."""
    start = boot if run.start is None else run.start
    return PlaybackPlan(
        start=start,
        stamp=told.first if options["align"] == "keep" else start,
        end=None if run.until is None else start + run.until,
        loop=options["loop"],
        copies=options["copies"],
        spread=options["phase"] == "spread",
        vary=options["vary"],
    )


def fit(stem: str) -> str:
    """A name that devices may have."""
    return UNFIT.sub("-", stem)[:LONGEST_NAME] or "recording"
