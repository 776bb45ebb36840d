"""[[fault]] tables, read and checked."""

from collections.abc import Callable
from typing import Any

from . import convert
from .events import MOST_PER_DAY
from .faults import KINDS, Fault
from .tables import REQUIRED, Table

__all__ = ["read_fault"]

LONGEST_RANDOM = 7 * 86_400_000  # ms; each day looks back as long as a random fault may last
LONGEST_DELAY = 86_400_000  # ms


def read_fault(table: Table) -> Fault:
    """One fault; raises ConfigError."""
    kind = table.take("kind", convert.choice(list(KINDS)))
    about = KINDS[kind]
    at: int | None = table.take("at", convert.duration(), None)
    rate: float | None = table.take("rate", convert.rate, None)
    if (at is None) == (rate is None):
        raise table.error("at", "expected either `at` (once, counted from run.start) or `rate` (at random)")
    if rate is not None and rate > MOST_PER_DAY:
        raise table.error("rate", f"expected at most {MOST_PER_DAY:g}/d, got {rate:g}/d")
    longest = 10 * 366 * 86_400_000 if rate is None else LONGEST_RANDOM
    duration = table.take("for", convert.duration(1, longest), None)
    if about.lasts and duration is None:
        raise table.error("for", f"is missing: how long is it {kind}?")
    params: dict[str, Any] = {name: table.take(name, *_param(kind, name)) for name in about.params}
    fault = Fault(
        match=table.take("match", convert.text),
        sensor=table.take("sensor", convert.name, None) if about.level == "sensor" else None,
        kind=kind,
        at=at,
        rate=rate or 0.0,
        duration=duration,
        **params,
    )
    table.close()
    return fault


def _param(kind: str, name: str) -> tuple[Callable[[Any], Any], Any]:
    """How a parameter of a kind is read, and its default."""
    match kind, name:
        case ("sentinel", "value") | ("drift", "per_day") | ("delay", "by"):
            return PARAMS[name][0], REQUIRED
    return PARAMS[name]


PARAMS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "value": (convert.number(), None),
    "gain": (convert.pair, None),
    "add": (convert.pair, None),
    "deliver": (convert.choice(["backlog", "lost"]), "backlog"),
    "per_day": (convert.number(), 0.0),
    "p": (convert.number(0, 1), 1.0),
    "by": (convert.duration(1, LONGEST_DELAY), 1000),
    "severity": (convert.number(0, 100), 1.0),
    "growth": (convert.choice(["step", "linear", "exponential"]), "step"),
}
