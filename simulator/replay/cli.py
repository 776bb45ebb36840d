"""`eventbahn fleet replay DATA.csv`: plays a recording, proves it, turns the outcome into an exit code."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import click

from simulator.config import Run, SinkPlan
from simulator.display import Display
from simulator.encode import Encoder
from simulator.meter import Meter
from simulator.options import check_folder
from simulator.proof.expected import Expected
from simulator.proof.verify import collect, judge
from simulator.proof.words import sentences
from simulator.replay.options import delivery_of, fit, plan_of, played, recorded, recording_of
from simulator.replay.playback import Playback, PlaybackPlan
from simulator.replay.recording import Recording
from simulator.replay.run import ReplayRun
from simulator.replay.survey import Survey, survey
from simulator.replay.table import RecordingError
from simulator.session import attend
from simulator.stats import UnjudgedError, fetch_stats
from simulator.tables import ConfigError

__all__ = ["replay"]

GOOD, BAD, UNJUDGED = 0, 1, 3


class Told(NamedTuple):
    """A recording that was read to its end."""

    recording: Recording
    survey: Survey


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
        run, sink = delivery_of(options)
        if options["verify"] and options["loop"] and run.until is None:
            raise ConfigError("--verify: a --loop has no end at which it could be verified; give --until")
        told = _surveyed(recording_of(data, options))
        plan = plan_of(told.survey, run, boot, options)
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
        rejects=out / f"{fit(data.stem)}.rejected.ndjson",
        say=display.say,
    )
    code = asyncio.run(attend(replay_run, display, _greeting(data, told.survey, plan, run, sink)))
    if options["verify"]:
        if code == GOOD:
            code = _proved(told, plan, sink, boot, display)
        else:
            display.complain("not verified: the replay did not come to its end with all delivered")
    ctx.exit(code)


def _surveyed(recording: Recording) -> Told:
    """Read it to its end; raises RecordingError and OSError."""
    with Meter(f"checking {recording.table.path.name}", "rows") as meter:
        return Told(recording, survey(recording, meter.show))


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


def _proved(told: Told, plan: PlaybackPlan, sink: SinkPlan, boot: int, display: Display) -> int:
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
        display.complain(f"not judged: {error}")
        return UNJUDGED
    verdict = judge([(playback.ids, expected)], boot, stats, over=True)
    display.conclude(sentences(verdict))
    return BAD if verdict.first else GOOD
