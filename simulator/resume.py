"""Where a run goes on: by its state file, or by what the receiver says that it has. Sends no message."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from .config import Config
from .earlier import moved, span_of, state_of
from .holdings import Holdings
from .injection import with_faults
from .plan import Span
from .state import State, StateError
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
    state = state_of(config, path)
    end = moved(span, state.start).end if until else state.end
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
    found = span_of(config, span, stats)
    if found is None:
        nobody = f"{config.sink.url} knows none of these devices"
        raise StateError(f"{path}: there is none, and {nobody}: run without --resume")
    names = [name for plan in config.groups for name in plan.ids]
    return Resumed(config, found, None, Holdings(stats, names, found.start))
