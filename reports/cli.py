"""The command `report`: result files in, one page out. Says in one line what is wrong with a file."""

from pathlib import Path

import click

from reports.load import ResultError, load
from reports.output import write

__all__ = ["report"]


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
def report(results: tuple[Path, ...], output: Path) -> None:
    """Turn result files into one HTML page.

    Reads the result files of conformance, load and fleet runs (.json, or .json.gz), in any mix. Several
    conformance results also become a matrix of requirements by targets. The page is one file that fetches
    nothing, and reads without JavaScript, on paper and on a phone.

    \b
    Exit codes:
      0  the page was written
      2  a file could not be read, is no result, or the page could not be written
    """
    if any(same(path, output) for path in results):
        raise click.UsageError(f"{output} is one of the result files; the page would replace it")
    try:
        found = [load(path) for path in results]
    except ResultError as error:
        raise Refused(str(error)) from error
    # Not before the files are known to be good: a wrong name should be told at once.
    from reports.page import page

    document = page(found, [path.name for path in results])
    save(document, output)
    size = f"{len(document.encode()) / 1000:.0f} kB"
    # Where the page itself goes to stdout, this line must not follow it there.
    click.echo(f"{output}: {len(found)} result{'s' * (len(found) > 1)}, {size}", err=not output.is_file())


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
