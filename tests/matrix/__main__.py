"""`make matrix`: installs each target that can be started, judges it, and lays all results side by side."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import click
from rich.console import Console

from conformance.target import TARGETS
from tests.matrix.judging import Judged, UnjudgedError, judge
from tests.peers.recipe import ROOT, NotInstalledError, Recipe, install

__all__ = ["matrix"]

RESULTS = ROOT / "results" / "matrix"
ENOUGH = 0.9  # of the rows that a target could be judged by
GOOD, LESS = 0, 3


@click.command()
@click.option(
    "--target",
    "chosen",
    multiple=True,
    type=click.Choice(sorted(file.parent.name for file in TARGETS.glob("*/target.toml"))),
    help="Only this one; repeatable.",
)
@click.option("--at-once", type=click.IntRange(1), default=2, show_default=True, help="Targets at a time.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=RESULTS,
    show_default="results/matrix",
    help="The folder for results and page.",
)
@click.pass_context
def matrix(ctx: click.Context, chosen: Sequence[str], at_once: int, out: Path) -> None:
    """Judge servers that others wrote, each as its own file in conformance/targets/NAME describes it.

    What is found about injection, access and the like is not written anywhere.

    \b
    Exit codes:
      0  each target was judged by 90 % of its rows or more, whatever the verdicts
      3  one could not be installed or judged, or by less
    """
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    keys = chosen or sorted(file.parent.name for file in TARGETS.glob("*/target.toml"))
    targets = [Recipe(key, TARGETS / key / "target.toml") for key in keys]
    out.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    results = list(judged(targets, out, at_once, progress))
    if results:
        page = [sys.executable, "-P", "-m", "eventbahn", "report", "-o", str(out / "matrix.html")]
        subprocess.run([*page, *(str(one.file) for one in sorted(results))], check=True)
    enough = [one for one in results if one.coverage >= ENOUGH]
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{len(enough)} of {len(targets)} targets judged by {ENOUGH:.0%} of their rows or more, "
        f"in {time.monotonic() - begun:.0f} s"
    )
    ctx.exit(GOOD if len(enough) == len(targets) else LESS)


def judged(targets: Sequence[Recipe], out: Path, at_once: int, progress: Console) -> Iterator[Judged]:
    """Each that could be, told as it goes; the others are named with the reason."""
    begun = time.monotonic()
    ready = [target for target in targets if installed(target, progress)]
    with ThreadPoolExecutor(at_once) as pool:
        running = {pool.submit(judge, target, out): target for target in ready}
        for number, future in enumerate(as_completed(running), 1):
            clock = f"{time.monotonic() - begun:4.0f} s {number}/{len(ready)}"
            try:
                found = future.result()
            except UnjudgedError as error:
                progress.print(f"{clock} {running[future].name}: not judged: {error}")
            else:
                progress.print(f"{clock} {found.name} {found.version}: {found.told}")
                yield found


def installed(target: Recipe, progress: Console) -> bool:
    try:
        with progress.status(f"installing {target.name}"):
            install(target)
    except NotInstalledError as error:
        progress.print(f"not installed: {target.name}: {error}")
        return False
    return True


if __name__ == "__main__":
    matrix()
