"""An earlier run of a configuration: what its state file says of it, or its receiver. Reads no message."""

from pathlib import Path

from .config import Config
from .plan import Span
from .state import State, StateError, read_state
from .stats import Stats

__all__ = ["moved", "span_of", "state_of"]


def state_of(config: Config, path: Path) -> State:
    """What its file says; raises StateError if that is of another configuration or start, and OSError."""
    state = read_state(path)
    if state.fingerprint != config.fingerprint:
        raise StateError(f"{path}: is of another configuration; give the same --set options as the run")
    if config.run.start not in {None, state.start}:
        began = f"its run began at {state.start}, and run.start is {config.run.start} (ms UTC)"
        raise StateError(f"{path}: {began}")
    return state


def span_of(config: Config, span: Span, stats: Stats) -> Span | None:
    """The span from `run.start`, or from the latest boot in a receiver's books; None: it knows nobody."""
    names = [name for plan in config.groups for name in plan.ids]
    start = stats.latest_boot(names) if config.run.start is None else config.run.start
    return None if start is None else moved(span, start)


def moved(span: Span, start: int) -> Span:
    """The span, from another start."""
    shift = start - span.start
    return Span(start, span.origin + shift, None if span.end is None else span.end + shift)
