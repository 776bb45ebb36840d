"""The command `report`: result files in, one page out. Says in one line what is wrong with a file."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from reports import github, json_schema
from reports.badge import badge_json, badge_svg
from reports.gate import GateError, Judgement, judge_all, one_line
from reports.load import Unreadable, load_all
from reports.output import write
from reports.schemas import Conformance, Result
from reports.sides import Loaded
from reports.withheld import names, withhold

__all__ = ["report"]

BADGES = {".svg": badge_svg, ".json": badge_json}
JUDGED_BAD, NOTHING_JUDGED = 1, 3
FILE = click.Path(path_type=Path, allow_dash=False)


class Refused(click.ClickException):
    """Nothing was written, and why."""

    exit_code = 2


def told_schema(context: click.Context, _: click.Parameter, kind: str | None) -> None:
    """`--schema` answers and is done."""
    if kind:
        click.echo(json_schema.json_schema(kind), nl=False)
        context.exit()


@click.command(no_args_is_help=True)
@click.argument("results", metavar="RESULT.json…", nargs=-1, required=True, type=FILE)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="Where the page goes; its folder must exist.",
)
@click.option(
    "--baseline",
    "baselines",
    metavar="FILE",
    multiple=True,
    type=FILE,
    help="What to compare with; may be repeated, for repeats of it. Else the first result is.",
)
@click.option(
    "--fail-if",
    "conditions",
    metavar="EXPR",
    multiple=True,
    help="Exit with 1 if this holds: 'deliver.p99 > 1.2x', 'coverage < 90%'. May be repeated.",
)
@click.option(
    "--withhold",
    "withheld",
    metavar="ID,…",
    default="",
    help="Show nothing that was found about these rows and sections: INJ,SEC,DATA-002,DATA-008,DATA-010.",
)
@click.option(
    "--badge",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a badge too: FILE.svg a picture, FILE.json for a shields endpoint.",
)
@click.option(
    "--github",
    "job",
    is_flag=True,
    help="In a GitHub job: add a step summary, and annotate the binding requirements that are not met.",
)
@click.option(
    "--schema",
    type=click.Choice(list(json_schema.KINDS)),
    is_eager=True,
    expose_value=False,
    callback=told_schema,
    help="Print the JSON schema of a kind of result file, and nothing else.",
)
@click.pass_context
def report(
    context: click.Context,
    /,
    *,
    results: tuple[Path, ...],
    output: Path,
    baselines: tuple[Path, ...],
    conditions: tuple[str, ...],
    withheld: str,
    badge: Path | None,
    job: bool,
) -> None:
    """Turn result files into one HTML page.

    Reads the result files of conformance, load and fleet runs (.json, or .json.gz), in any mix. Several
    conformance results become a matrix of requirements by targets, several load results a comparison, in
    which runs of one target are repeats of each other. The page is one file that fetches nothing, and reads
    without JavaScript, on paper and on a phone.

    A file that is missing, cut off or of another version is named on the page and on stderr, and the rest is
    shown. In --fail-if, `x` is the ratio to the baseline; a phase is asked as phase[2000].deliver.p99.

    \b
    Exit codes:
      0  the page was written
      1  the page was written, and a --fail-if holds
      2  usage, or the page could not be written
      3  no file could be read, or a --fail-if could not be judged of all of them
    """
    summary = told_by_job() if job else None
    if badge is not None and badge.suffix not in BADGES:
        raise click.UsageError(f"--badge {badge}: the name has to end in .svg or .json")
    if any(same(path, output) for path in (*results, *baselines)):
        raise click.UsageError(f"{output} is one of the result files; the page would replace it")
    found, missed = everything(results, baselines)
    if not found:
        click.echo("Error: there is nothing to show; no page was written", err=True)
        context.exit(NOTHING_JUDGED)
    loaded = published(found, withheld)
    badges = [BADGES[badge.suffix](one_judged(loaded))] if badge is not None else []
    lost = sum(each.baseline for each in found) < len(baselines)
    verdicts = judgements(conditions, loaded, lost=lost)
    # Not before the files are known to be good: a wrong name should be told at once.
    from reports.page import pieces

    save(pieces(loaded, missed, verdicts), output)
    if badge is not None:
        save(badges, badge)
    if summary is not None:
        tell([each.result for each in loaded], verdicts, summary)
    announce(output, len(loaded), verdicts)
    context.exit(code(verdicts, complete=not missed))


def told_by_job() -> Path:
    """Where GitHub wants the summary. Raises click.UsageError."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not summary:
        raise click.UsageError("--github: GITHUB_STEP_SUMMARY is not set; it is there in a job of GitHub's")
    return Path(summary)


def everything(results: Sequence[Path], baselines: Sequence[Path]) -> tuple[list[Loaded], list[Unreadable]]:
    """The baseline first; a file that is also among the results is the baseline only."""
    others = [path for path in results if not any(same(path, base) for base in baselines)]
    loaded, missed = load_all(others, baselines)
    for file in missed:
        click.echo(f"Error: {file.why}", err=True)
    return loaded, missed


def one_judged(loaded: Sequence[Loaded]) -> Conformance:
    """What a badge is of. Raises click.UsageError."""
    judged = [each.result for each in loaded if isinstance(each.result, Conformance)]
    if len(judged) != 1:
        raise click.UsageError(f"--badge: of one conformance result, and there are {len(judged)}")
    return judged[0]


def announce(output: Path, results: int, verdicts: Sequence[Judgement]) -> None:
    """What was written, and what became of the conditions."""
    # Where the page itself goes to stdout, these lines must not follow it there.
    aside = not output.is_file()
    size = "" if aside else f", {output.stat().st_size / 1000:.0f} kB"
    click.echo(f"{output}: {results} result{'s' * (results > 1)}{size}", err=aside)
    for each in verdicts:
        click.echo(one_line(each), err=aside)


def published(loaded: list[Loaded], withheld: str) -> list[Loaded]:
    """Without what is withheld. Raises click.UsageError."""
    try:
        return withhold(loaded, names(withheld))
    except ValueError as error:
        raise click.UsageError(f"--withhold {withheld}: {error}") from error


def judgements(conditions: Sequence[str], loaded: Sequence[Loaded], *, lost: bool) -> list[Judgement]:
    """What became of each condition. Raises click.UsageError for one that can't be meant."""
    try:
        return judge_all(conditions, loaded, lost=lost)
    except GateError as error:
        raise click.UsageError(str(error)) from error


def code(found: Sequence[Judgement], *, complete: bool) -> int:
    """A condition that holds is bad; one that some file could not be asked is not taken for good."""
    states = [each.met for each in found]
    undecided = None in states or (states and not complete)
    return JUDGED_BAD if True in states else NOTHING_JUDGED if undecided else 0


def tell(found: Sequence[Result], verdicts: Sequence[Judgement], summary: Path) -> None:
    """Add to the job's step summary, and annotate. Raises Refused."""
    try:
        there = summary.stat().st_size if summary.exists() else 0
        with summary.open("a", encoding="utf-8") as file:
            file.write(github.summary(found, github.MOST_BYTES - there, verdicts))
    except OSError as error:
        raise Refused(f"{summary}: cannot be written: {error.strerror or error}") from error
    for line in github.annotations(found):
        click.echo(line)


def same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, by whatever name."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def save(document: Iterable[str], output: Path) -> None:
    """Write the page. Raises Refused with what to do about it."""
    if not output.parent.is_dir():
        raise Refused(f"{output}: the folder {output.parent} does not exist")
    try:
        write(output, document)
    except OSError as error:
        raise Refused(f"{output}: cannot be written: {error.strerror or error}") from error
