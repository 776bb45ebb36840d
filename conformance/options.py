"""What a user asked of a run."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

__all__ = ["Options", "chosen"]

PREFIX = "SSE-"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `pytest conformance/` and of `eventbahn check`, which are the same."""

    target: str | None  # a file or a URL; None for the reference server
    strict: bool  # a WARN counts as bad
    only: frozenset[str]  # rows; empty for all
    json: Path | None
    allow_exec: bool


def chosen(text: str, known: Iterable[str]) -> frozenset[str]:
    """The rows of a comma-separated list; `SSE-` and upper case may be left out. Raises ValueError."""
    known = list(known)
    found = set()
    for word in filter(None, (part.strip().upper() for part in text.split(","))):
        row = word if word.startswith(PREFIX) else PREFIX + word
        if row not in known:
            near = get_close_matches(row, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; `eventbahn check --list` shows all"
            raise ValueError(f"there is no row {row}{hint}")
        found.add(row)
    return frozenset(found)
