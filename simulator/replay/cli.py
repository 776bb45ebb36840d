"""`eventbahn fleet replay DATA.csv`: options of a recording and of its replay, and the proof afterwards."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from simulator.config import Run, SinkPlan, load_delivery
from simulator.display import Display
from simulator.encode import Encoder
from simulator.meter import Meter
from simulator.options import check_folder
from simulator.overrides import override_arguments
from simulator.proof.expected import Expected
from simulator.proof.verify import collect, judge
from simulator.proof.words import sentences
from simulator.replay.columns import Columns
from simulator.replay.playback import Playback, PlaybackPlan
from simulator.replay.recording import Recording, Wording
from simulator.replay.run import ReplayRun
from simulator.replay.survey import Survey, survey
from simulator.replay.table import CsvTable, RecordingError
from simulator.replay.times import zone_of
from simulator.session import attend
from simulator.stats import UnjudgedError, fetch_stats
from simulator.tables import ConfigError

__all__ = ["replay"]

GOOD, BAD, UNJUDGED = 0, 1, 3
UNFIT = re.compile(r"[^A-Za-z0-9._:~-]+")
LONGEST_NAME = 128
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
Command = TypeVar("Command", bound=Callable[..., Any])


class Told(NamedTuple):
    """A recording that was read to its end."""

    recording: Recording
    survey: Survey


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
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@recorded
@played
@click.pass_context
def replay(ctx: click.Context, /, data: Path, out: Path, as_json: bool, **options: Any) -> None:
    """Send what a CSV file has recorded to POST /measurements, as if it happened now.

    A wide file has a column for the time and one for each sensor; a long one has time, device, sensor and
    value. It is read twice, row by row: first all of it is checked, then it is played at the pace of its
    times. Empty cells are left out of messages. There is no --resume: what was interrupted is played anew.

    Exit codes: 0 all delivered (and proved, with --verify), 1 --verify failed, 2 usage or a row that cannot
    be read, 3 undelivered messages or no books to read, 130 interrupted.
    """
    check_folder(out)
    boot = int(time.time() * 1000)
    try:
        run, sink = _delivery(options)
        told = _read(data, options)
        plan = _plan(told, run, boot, options)
        playback = Playback(*told, plan)
    except (ConfigError, RecordingError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.UsageError(f"{data}: cannot be read: {error.strerror}") from error
    display = Display(as_json=as_json)
    replay_run = ReplayRun(
        data.name,
        playback,
        told.survey,
        sink,
        speed=run.speed,
        boot=boot,
        length=_length(told.survey, plan),
        rejects=out / f"{_fit(data.stem)}.rejected.ndjson",
        say=display.say,
    )
    code = asyncio.run(attend(replay_run, display, _greeting(data, told.survey, plan, run, sink)))
    if options["verify"] and code == GOOD:
        code = _proved(told, plan, sink, boot)
    ctx.exit(code)


def _delivery(options: dict[str, Any]) -> tuple[Run, SinkPlan]:
    if (options["align"] == "start") != (options["start"] is not None):
        raise ConfigError("--align start and --start TIME go together")
    flags = {"run.until": options["until"], "run.speed": options["speed"], "run.start": options["start"]}
    return load_delivery([*options["overrides"], *override_arguments({**flags, "sink.url": options["url"]})])


def _read(data: Path, options: dict[str, Any]) -> Told:
    """The recording, checked to its end."""
    delimiter = options["delimiter"] and DELIMITERS[options["delimiter"]]
    table = CsvTable(data, options["encoding"], delimiter)
    columns = Columns(
        time=options["time_column"],
        device=options["device_column"],
        sensor=options["sensor_column"],
        value=options["value_column"],
        values=options["column"],
    )
    mark = options["decimal"] and {"point": ".", "comma": ","}[options["decimal"]]
    wording = Wording(options["time_format"], zone_of(options["tz"]), mark, options["missing"])
    recording = Recording(table, columns, wording, options["device"] or _fit(data.stem))
    with Meter(f"checking {data.name}", "rows") as meter:
        return Told(recording, survey(recording, meter.show))


def _plan(told: Told, run: Run, boot: int, options: dict[str, Any]) -> PlaybackPlan:
    start = boot if run.start is None else run.start
    return PlaybackPlan(
        start=start,
        stamp=told.survey.first if options["align"] == "keep" else start,
        end=None if run.until is None else start + run.until,
        loop=options["loop"],
        copies=options["copies"],
        spread=options["phase"] == "spread",
        vary=options["vary"],
    )


def _length(told: Survey, plan: PlaybackPlan) -> int | None:
    """Recorded ms that will be played; None: no end."""
    limit = None if plan.end is None else plan.end - plan.start
    if plan.loop:
        return limit
    return min(told.last - told.first, told.last - told.first if limit is None else limit)


def _greeting(data: Path, told: Survey, plan: PlaybackPlan, run: Run, sink: SinkPlan) -> str:
    first, last = (f"{datetime.fromtimestamp(t / 1000, UTC):%Y-%m-%d %H:%M}" for t in (told.first, told.last))
    sensors = ", ".join(sensor.name for sensor in told.sensors[:5]) + (", …" if len(told.sensors) > 5 else "")
    devices = f"{len(told.devices):,} device{'s' if len(told.devices) > 1 else ''}"
    copies = f", played by {plan.copies:,} each" if plan.copies > 1 else ""
    pace = "as fast as it is taken" if run.speed is None else f"at {run.speed:g}×"
    return (
        f"{data}: {told.readings:,} readings of {devices} ({sensors}) from {first} to {last} UTC{copies} "
        f"→ {sink.url} {pace}"
    )


def _proved(told: Told, plan: PlaybackPlan, sink: SinkPlan, boot: int) -> int:
    """Play it once more, for what should be there, and compare; returns the exit code."""
    playback = Playback(*told, plan)
    expected, encoder = Expected(playback.ids, boot), Encoder(playback.ids, playback.sensors, boot)
    length = max(1, _length(told.survey, plan) or 1)
    try:
        stats = fetch_stats(sink.url, sink.token, sink.token_env)
        with Meter("computing what should be there", "messages") as meter:
            for at in collect(expected, encoder, playback.rest()):
                meter.show(expected.messages, min(1.0, (at - plan.start) / length))
    except (UnjudgedError, RecordingError, OSError) as error:
        click.echo(f"not judged: {error}", err=True)
        return UNJUDGED
    verdict = judge([(playback.ids, expected)], boot, stats, over=True)
    for line in sentences(verdict):
        click.echo(line)
    return BAD if verdict.first else GOOD


def _fit(stem: str) -> str:
    """A name that devices may have."""
    return UNFIT.sub("-", stem)[:LONGEST_NAME] or "recording"
