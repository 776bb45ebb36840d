"""Where a run goes on: by its state file, or by what the receiver says that it has. Sends no message."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from .config import Config
from .holdings import Holdings
from .injection import with_faults
from .plan import Span
from .state import State, StateError, read_state
from .stats import fetch_stats

__all__ = ["Resumed", "resume"]


class Resumed(NamedTuple):
    """What a run needs to go on; one of the last two is there."""

    config: Config
    span: Span
    state: State | None
    holdings: Holdings | None


def resume(config: Config, span: Span, path: Path, *, until: bool, url: bool) -> Resumed:
    """Go on with the run of that state file, to its end and its receiver if `until` and `url` are not given.

    Raises StateError, ConfigError, UnjudgedError (the receiver does not say), and OSError.
    """
    if not path.exists():
        return _by_receiver(config, span, path)
    state = read_state(path)
    if state.fingerprint != config.fingerprint:
        raise StateError(f"{path}: is of another configuration; give the same --set options as the run")
    if config.run.start not in {None, state.start}:
        began = f"its run began at {state.start}, and run.start is {config.run.start} (ms UTC)"
        raise StateError(f"{path}: {began}")
    end = _moved(span, state.start).end if until else state.end
    if end != state.end:
        state = _extended(config, path, state, end)
    if not url:
        config = replace(config, sink=replace(config.sink, url=state.url))
    return Resumed(
        with_faults(config, state.faults, str(path)), Span(state.start, state.origin, end), state, None
    )


def _extended(config: Config, path: Path, state: State, end: int | None) -> State:
    """The state of a run that ends later: near its old end there may be samples that it never had.

    Its watermarks may count what it has sent at that end and would now send later: they say nothing any more.
    """
    if state.end is None or (end is not None and end < state.end):
        raise StateError(f"{path}: its run ends later than that; --until may only extend it")
    margin = 2 * max(plan.profile.jitter for plan in config.groups) + 1
    position = min(state.position, state.end - margin)
    return msgspec.structs.replace(state, position=position, watermarks={}, complete=False)


def _by_receiver(config: Config, span: Span, path: Path) -> Resumed:
    stats = fetch_stats(config.sink.url, config.sink.token, config.sink.token_env)
    names = [name for plan in config.groups for name in plan.ids]
    start = stats.latest_boot(names) if config.run.start is None else config.run.start
    if start is None:
        nobody = f"{config.sink.url} knows none of these devices"
        raise StateError(f"{path}: there is none, and {nobody}: run without --resume")
    return Resumed(config, _moved(span, start), None, Holdings(stats, names, start))


def _moved(span: Span, start: int) -> Span:
    """The span, from another start."""
    shift = start - span.start
    return Span(start, span.origin + shift, None if span.end is None else span.end + shift)
