"""The command `report`: result files in, one page out. Says in one line what is wrong with a file."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from reports import github
from reports.badge import badge_json, badge_svg
from reports.load import ResultError, load
from reports.output import write
from reports.schemas import Conformance, Result

__all__ = ["report"]

BADGES = {".svg": badge_svg, ".json": badge_json}


class Refused(click.ClickException):
    """Nothing was written, and why."""

    exit_code = 2


@click.command(no_args_is_help=True)
@click.argument(
    "results",
    metavar="RESULT.json…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, allow_dash=False),
)
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
def report(results: tuple[Path, ...], output: Path, badge: Path | None, job: bool) -> None:
    """Turn result files into one HTML page.

    Reads the result files of conformance, load and fleet runs (.json, or .json.gz), in any mix. Several
    conformance results also become a matrix of requirements by targets. The page is one file that fetches
    nothing, and reads without JavaScript, on paper and on a phone.

    \b
    Exit codes:
      0  the page was written
      2  a file could not be read, is no result, or the page could not be written
    """
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if job and not summary:
        raise click.UsageError("--github: GITHUB_STEP_SUMMARY is not set; it is there in a job of GitHub's")
    if badge is not None and badge.suffix not in BADGES:
        raise click.UsageError(f"--badge {badge}: the name has to end in .svg or .json")
    if any(same(path, output) for path in results):
        raise click.UsageError(f"{output} is one of the result files; the page would replace it")
    try:
        found = [load(path) for path in results]
    except ResultError as error:
        raise Refused(str(error)) from error
    judged = [result for result in found if isinstance(result, Conformance)]
    if badge is not None and len(judged) != 1:
        raise click.UsageError(f"--badge: of one conformance result, and there are {len(judged)}")
    # Not before the files are known to be good: a wrong name should be told at once.
    from reports.page import page

    document = page(found, [path.name for path in results])
    save(document, output)
    if badge is not None:
        save(BADGES[badge.suffix](judged[0]), badge)
    if job:
        tell(found, Path(summary))
    size = f"{len(document.encode()) / 1000:.0f} kB"
    # Where the page itself goes to stdout, this line must not follow it there.
    click.echo(f"{output}: {len(found)} result{'s' * (len(found) > 1)}, {size}", err=not output.is_file())


def tell(found: Sequence[Result], summary: Path) -> None:
    """Add to the job's step summary, and annotate. Raises Refused."""
    try:
        there = summary.stat().st_size if summary.exists() else 0
        with summary.open("a", encoding="utf-8") as file:
            file.write(github.summary(found, github.MOST_BYTES - there))
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


def save(document: str, output: Path) -> None:
    """Write the page. Raises Refused with what to do about it."""
    if not output.parent.is_dir():
        raise Refused(f"{output}: the folder {output.parent} does not exist")
    try:
        write(output, document)
    except OSError as error:
        raise Refused(f"{output}: cannot be written: {error.strerror or error}") from error
