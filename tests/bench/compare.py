"""`make compare`: the same load on one server after another, and one report page of all of them."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from tests.bench.generator import LOCUST
from tests.bench.installing import installed
from tests.bench.machine import Cores, cores, crowded, on, raise_descriptors
from tests.bench.server import BrokenError, Server, environment, running
from tests.peers.recipe import ROOT, Recipe, recipes

__all__ = ["compare", "finish", "verdict"]

COMPARED = ("eventbahn", "nchan", "sse-starlette", "fastapi")
LATEST = 120.0  # seconds that a run may take beyond its plan
VERDICTS = {0: "objectives met", 3: "an objective was missed", 4: "invalid"}


@click.command()
@click.option(
    "--peer",
    "chosen",
    multiple=True,
    type=click.Choice(list(recipes())),
    help=f"Only this server; repeatable.  [default: {', '.join(COMPARED)}]",
)
@click.option("--levels", default="100,500,1000", show_default=True, help="Subscribers, level by level.")
@click.option(
    "--settle", type=click.FloatRange(1), default=5.0, show_default=True, help="Seconds not judged."
)
@click.option(
    "--hold", type=click.FloatRange(1), default=15.0, show_default=True, help="Seconds that are judged."
)
@click.option("--pub-rate", default=10.0, show_default=True, help="Events a second.")
@click.option("--rounds", type=click.IntRange(1), default=1, show_default=True, help="Servers take turns.")
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "results",
    help="Folder for results and page; default: results.",
)
def compare(
    chosen: Sequence[str],
    levels: str,
    settle: float,
    hold: float,
    pub_rate: float,
    rounds: int,
    folder: Path,
) -> None:
    """The load test `fanout` on each server in turn; only ratios mean anything elsewhere."""
    busy, where = os.getloadavg()[0], cores()
    raise_descriptors()
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    options = ["--levels", levels, "--settle", f"{settle:g}", "--hold", f"{hold:g}"]
    options += ["--pub-rate", f"{pub_rate:g}"]
    plan = len(levels.split(",")) * (settle + hold)
    stem = f"compare-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True, exist_ok=True)
    peers, missing = installed({key: recipes()[key] for key in chosen or COMPARED}, progress)
    results: list[Path] = []
    for number in range(rounds):
        for key, peer in peers.items():
            out = folder / f"{stem}-{key}{f'-{number + 1}' if rounds > 1 else ''}.json"
            progress.print(f"{peer.name}: {plan:.0f} s of {levels} subscribers × {pub_rate:g} events/s …")
            try:
                progress.print(f"{peer.name}: {measured(peer, where, [*options, '--out', str(out)], plan)}")
                results.append(out)
            except BrokenError as error:
                missing[peer.name] = str(error)
                progress.print(f"{peer.name}: {error}")
    finish(folder / f"{stem}.html", results, missing, crowded(busy))


def measured(peer: Recipe, where: Cores, options: Sequence[str], plan: float) -> str:
    """Run the load test on a fresh server, to its end; what came of it. Raises BrokenError."""
    with running(peer, where.server) as server, tempfile.TemporaryFile() as said:
        with on(where.generator):
            process = subprocess.Popen(
                [*LOCUST, "--headless", "--only-summary", *aimed(peer, server), *options],
                cwd=ROOT,
                env=peer_environment(peer, server),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        try:
            code = process.wait(plan + LATEST)
        except subprocess.TimeoutExpired:
            raise BrokenError(f"its run was not over after {plan + LATEST:.0f} s") from None
        finally:
            process.kill()
            process.wait()
        said.seek(0)
        lines = said.read().decode(errors="replace").splitlines()
    if code not in VERDICTS or not Path(options[-1]).exists():
        raise BrokenError(f"its run ended with exit code {code}: {lines[-1] if lines else ''}")
    return verdict(code, Path(options[-1]))


def verdict(code: int, result: Path) -> str:
    """What a run says of itself."""
    document = json.loads(result.read_text(encoding="utf-8"))
    return "; ".join([VERDICTS[code], *document["invalid"]])


def aimed(peer: Recipe, server: Server) -> list[str]:
    return ["--scenario", "fanout", "--target", str(peer.file), "--host", f"http://127.0.0.1:{server.port}"]


def peer_environment(peer: Recipe, server: Server) -> Mapping[str, str]:
    """What its target file is read with. The load tests are ours, so PATH is too."""
    return {**environment(), **dict.fromkeys(peer.ports, str(server.port)), "WORK": "/nowhere"}


def finish(page: Path, results: Sequence[Path], missing: Mapping[str, str], note: str) -> None:
    """The page, and what is not on it; exits with 1 where nothing is."""
    console = Console(highlight=False, soft_wrap=True)
    for name, reason in missing.items():
        console.print(f"not measured: {name}: {reason}")
    if not results:
        sys.exit(1)
    report = [sys.executable, "-P", "-m", "eventbahn", "report", *map(str, results), "-o", str(page)]
    made = subprocess.run(report, cwd=ROOT, check=False).returncode
    if note:
        console.print(note)
    sys.exit(made)


if __name__ == "__main__":
    compare()
