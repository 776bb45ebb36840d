"""`eventbahn check`: the suite as a command. Starts pytest in a fresh interpreter; decides nothing itself."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from conformance.catalogue import UnknownRowError, print_explanation, print_list
from conformance.options import chosen
from conformance.peer import Peer, Unreachable
from conformance.target import Target, TargetError, load
from conformance.target.permission import refusal

__all__ = ["PYTEST", "check"]

USAGE, COULD_NOT_JUDGE, INTERRUPTED = 2, 3, 130
CODES = {2: INTERRUPTED, 4: USAGE, 5: COULD_NOT_JUDGE}  # pytest's own, by pytest.ExitCode
# Nothing of the user's own pytest: no configuration, no cache, no other plugin, no summary but ours
PYTEST = [
    *(sys.executable, "-P", "-m", "pytest"),
    *("-c", os.devnull, "--rootdir", str(Path(__file__).parent), "--confcutdir", str(Path(__file__).parent)),
    *("-p", "no:cacheprovider", "-p", "no:warnings", "-p", "pytest_eventbahn"),
    *("-qq", "--tb=short", "-rN", "-s", "-o", "console_output_style=classic"),
]
THEIRS = {"PYTEST_ADDOPTS", "PYTEST_PLUGINS"}
POLL_SECONDS = 0.2
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("target", required=False, metavar="[FILE|URL]")
@click.option("--sse-strict", is_flag=True, help="Count a WARN as bad.")
@click.option("--sse-slow", is_flag=True, help="Judge also what takes minutes.")
@click.option(
    "--sse-only", metavar="ID,…", default="", help="Judge these rows or sections only: BEAT,FLOW-001."
)
@click.option(
    "--sse-origin-url",
    "--origin-url",
    metavar="URL",
    help="Where the same server listens itself, behind its proxies: whether it or the road is at fault.",
)
@click.option("--sse-json", metavar="FILE", type=FILE, help="Write the result file.")
@click.option("--junitxml", metavar="FILE", type=FILE, help="Write JUnit XML.")
@click.option("--html", metavar="FILE", type=FILE, help="Write a page, by `eventbahn report`.")
@click.option(
    "--allow-exec",
    is_flag=True,
    help="Let a target file run its commands and send its [[setup]] requests; they are shown first.",
)
@click.option("--wait", metavar="SECONDS", type=click.FloatRange(0), help="Wait for the target to answer.")
@click.option("--list", "listed", is_flag=True, help="Show all rows.")
@click.option("--explain", metavar="ID", help="Explain one row.")
@click.pass_context
def check(
    ctx: click.Context, /, *, target: str | None, listed: bool, explain: str | None, **options: Any
) -> None:
    """Check any SSE server against the requirements.

    FILE describes the server: how to subscribe and to publish, and what it promises. A URL is enough to judge
    what a subscriber can see. Without either, our own reference server is started and checked.

    Exit codes: 0 good, 1 judged and bad, 2 usage, 3 could not be judged.
    """
    try:
        chosen(options["sse_only"])
        if listed:
            print_list(Console())
        elif explain:
            print_explanation(Console(), explain)
        else:
            ctx.exit(_run(ctx, target, **options))
    except UnknownRowError as error:
        raise click.UsageError(str(error), ctx) from error


def _run(
    ctx: click.Context,
    target: str | None,
    *,
    sse_strict: bool,
    sse_slow: bool,
    sse_only: str,
    sse_origin_url: str | None,
    sse_json: Path | None,
    junitxml: Path | None,
    html: Path | None,
    allow_exec: bool,
    wait: float | None,
) -> int:
    for path in filter(None, (sse_json, junitxml, html)):
        if not path.absolute().parent.is_dir():
            raise click.UsageError(f"{path}: there is no such folder", ctx)
    if target:
        loaded = _load(target, sse_origin_url, allow_exec, ctx)
        _await(loaded, wait or 0.0 if loaded.process is None else 0.0)
    with tempfile.TemporaryDirectory() as scratch:
        result = sse_json or Path(scratch) / "result.json"
        arguments = ["--sse-json", str(result), "--sse-only", sse_only]
        arguments += ["--sse-target", target] if target else []
        arguments += ["--sse-origin-url", sse_origin_url] if sse_origin_url else []
        arguments += ["--sse-strict"] if sse_strict else []
        arguments += ["--sse-slow"] if sse_slow else []
        arguments += ["--allow-exec"] if allow_exec else []
        arguments += ["--junitxml", str(junitxml)] if junitxml else []
        code = _pytest(arguments)
        return (html and result.exists() and _report(result, html)) or code


def _load(target: str, origin: str | None, allow_exec: bool, ctx: click.Context) -> Target:
    try:
        loaded = load(target, os.environ, origin=origin)
    except TargetError as error:
        raise click.UsageError(str(error), ctx) from error
    no = refusal(loaded, allow_exec=allow_exec)
    if no:
        raise click.UsageError(f"{target}: {no}", ctx)
    return loaded


def _await(target: Target, seconds: float) -> None:
    """Until something accepts connections, or the time is over: then the run itself says what is wrong."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            Peer.of(target.subscribe.url or target.target.base_url, verify=False).connect().close()
        except Unreachable:
            time.sleep(POLL_SECONDS)
        else:
            return


def _pytest(arguments: list[str]) -> int:
    command = [*PYTEST, str(Path(__file__).parent), *arguments]
    process = subprocess.Popen(command, env=_environment(os.environ))
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue  # it has got the same signal, and says what was judged until then
        return CODES.get(code, code)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if name not in THEIRS}
    return {**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _report(result: Path, html: Path) -> int:
    """0, or the exit code of `eventbahn report`, which says itself what it lacks."""
    command = [sys.executable, "-P", "-m", "eventbahn", "report", str(result), "-o", str(html)]
    return subprocess.run(command, check=False).returncode
