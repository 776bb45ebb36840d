"""`eventbahn fleet verify`: turns the verdict about a run into words, a file and an exit code."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from simulator.meter import Meter
from simulator.options import configured, load_config, shard_of
from simulator.proof.case import Case, open_case
from simulator.proof.crew import expect_together
from simulator.proof.verify import judge
from simulator.proof.words import as_result, sentences
from simulator.state import State, StateError
from simulator.stats import UnjudgedError
from simulator.tables import ConfigError

__all__ = ["verify"]

GOOD, BAD, UNJUDGED = 0, 1, 3


@click.command()
@configured
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results"),
    show_default=True,
    help="Folder of the run's files (its --out).",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the result as JSON."
)
@click.pass_context
def verify(ctx: click.Context, /, folder: Path, out: Path | None, shard: str, **options: Any) -> None:
    """Prove that the receiver holds exactly what a run of CONFIG sent: nothing lost, nothing twice.

    What each device should have delivered is computed anew from CONFIG and the run's state file, without
    what faults have dropped on purpose, and compared with the receiver's books, GET /stats: count, gaps, and
    a digest of all data. Shards are verified one by one.

    The options of the run may be given as they were: --speed changes nothing here, and --until and run.start
    have to be the run's own. Without a state file they say which run is meant.

    Exit codes: 0 PASS, 1 FAIL, 2 usage or configuration, 3 no books to read, or a run that is not over.
    """
    number, of = shard_of(shard)
    config, span = load_config(number, of, **options)
    label = config.run.name if of == 1 else f"{config.run.name}.{number}of{of}"
    try:
        until = options["until"] is not None
        case = open_case(config, span, folder, label, until=until, url=options["url"])
        code = _tell(case, folder / f"{label}.truth.csv", out)
    except (ConfigError, StateError) as error:
        raise click.UsageError(str(error)) from error
    except UnjudgedError as error:
        click.echo(f"not judged: {error}", err=True)
        code = UNJUDGED
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from error
    ctx.exit(code)


def _tell(case: Case, truth: Path, out: Path | None) -> int:
    """Judge, print, and write the result; the exit code. Raises OSError."""
    state = case.state
    with Meter("computing what should be there", "messages") as meter:
        parts = expect_together(case.config, state, meter.show)
    verdict = judge(parts, state.start, case.stats, over=state.complete)
    if verdict.first:
        verdict = verdict._replace(first=case.explained(verdict.first))
    for line in sentences(verdict):
        click.echo(line)
    code = BAD if verdict.first else GOOD
    if not (state.complete or verdict.first):
        code = UNJUDGED if state.end else GOOD
        click.echo(_so_far(state))
    if out is not None:
        result = as_result(verdict, start=state.start, url=case.url, truth=truth, exit_code=code)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return code


def _so_far(state: State) -> str:
    moments = [datetime.fromtimestamp(t / 1000, UTC) for t in (state.position, state.end or 0)]
    position, end = (f"{moment:%Y-%m-%d %H:%M:%S}Z" for moment in moments)
    if state.end is None:
        return f"so far, until {position}: the run has no end, and --resume goes on with it"
    return f"so far, until {position}: the run is not over before {end}; let it go on, or --resume it"
