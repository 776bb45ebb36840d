"""From collected checks to a run: options read, target loaded, rows chosen. Complains as pytest does."""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from conformance.captures.by_name import CAPTURES
from conformance.catalogue import UnknownRowError
from conformance.options import Options, chosen
from conformance.process import ServerProcess, running
from conformance.reference import reference
from conformance.report import ResultFile
from conformance.requirements import REQUIREMENTS
from conformance.run import Reporter, Run, row_of
from conformance.target import Target, TargetError, load
from conformance.target.permission import announced, refusal
from conformance.terminal import Terminal
from conformance.verdict import Unjudged
from conformance.version import versioned

__all__ = ["begin"]


def begin(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Register the run of the checks among `items`, in the order of the catalogue.

    Raises pytest.UsageError.
    """
    if hasattr(config, "workerinput"):
        raise pytest.UsageError("the checks share their connections: run them without -n")
    options = _options(config)
    _select(config, items, options.only)
    ours = [item for item in items if row_of(item)]
    silent = config.get_verbosity() < -1
    opened = ExitStack()
    config.add_cleanup(opened.close)
    target, process = _ready(config, options, opened)
    reporters: list[Reporter] = [ResultFile(options.json)] if options.json else []
    reporters.append(Terminal(len(ours), progress=silent))
    run = Run(options, target, process, ours, reporters, silent=silent)
    config.pluginmanager.register(run, "eventbahn-run")


def _ready(
    config: pytest.Config, options: Options, opened: ExitStack
) -> tuple[Target | Unjudged, ServerProcess | None]:
    """The target, and its process where it is one of ours, which lives as long as `opened`."""
    try:
        if options.target is None:
            if options.origin is not None:
                raise pytest.UsageError("--sse-origin-url: name the target, too, that leads there")
            target = opened.enter_context(reference())
        else:
            target = versioned(_announced(config, _load(options)))
        return target, opened.enter_context(running(target))
    except Unjudged as unable:
        return unable, None


def _options(config: pytest.Config) -> Options:
    path = config.getoption("sse_json")
    if path and not Path(path).absolute().parent.is_dir():
        raise pytest.UsageError(f"--sse-json {path}: there is no such folder")
    try:
        only = chosen(config.getoption("sse_only"))
    except UnknownRowError as error:
        raise pytest.UsageError(f"--sse-only: {error}") from error
    return Options(
        target=config.getoption("sse_target"),
        origin=config.getoption("sse_origin_url"),
        strict=config.getoption("sse_strict"),
        slow=config.getoption("sse_slow"),
        only=only,
        json=Path(path).absolute() if path else None,
        allow_exec=config.getoption("sse_allow_exec"),
    )


def _load(options: Options) -> Target:
    assert options.target is not None, "the reference server is not loaded from a file"
    try:
        target = load(options.target, os.environ, origin=options.origin)
    except TargetError as error:
        raise pytest.UsageError(str(error)) from error
    no = refusal(target, allow_exec=options.allow_exec)
    if no:
        raise pytest.UsageError(f"{options.target}: {no}")
    return target


def _announced(config: pytest.Config, target: Target) -> Target:
    """Show what the target makes us do, before any of it is done."""
    for line in announced(target):
        config.get_terminal_writer().line(line)
    return target


def _select(config: pytest.Config, items: list[pytest.Item], only: frozenset[str]) -> None:
    left_out = [item for item in items if only and (row := row_of(item)) and row not in only]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[int, int]:
    """What a row is sorted by: the order of the catalogue.

    But those that count what the server does, or stop it, come last, in the order of their captures.
    """
    row = row_of(item)
    if row is None:
        return -1, 0
    alone = [name for name, capture in CAPTURES.items() if capture.alone]
    last = max(
        (alone.index(name) + 1 for name in getattr(item, "fixturenames", ()) if name in alone), default=0
    )
    return last, list(REQUIREMENTS).index(row)
