"""What a user asked of a run."""

from dataclasses import dataclass
from pathlib import Path

from conformance.catalogue import requirement
from conformance.requirements import REQUIREMENTS, SECTIONS

__all__ = ["Options", "chosen"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `pytest conformance/` and of `eventbahn check`, which are the same."""

    target: str | None  # a file or a URL; None for the reference server
    origin: str | None  # where the same server listens itself, where that is said beside the target
    strict: bool  # a WARN counts as bad
    only: frozenset[str]  # rows; empty for all
    json: Path | None
    slow: bool  # judge also what takes minutes
    allow_exec: bool


def chosen(text: str) -> frozenset[str]:
    """The rows of a comma-separated list of ids and sections. Raises UnknownRowError."""
    words = [word.strip().upper().removeprefix("SSE-") for word in text.split(",") if word.strip()]
    sections = {row.id for row in REQUIREMENTS.values() if row.section in words}
    return frozenset(sections | {requirement(word).id for word in words if word not in SECTIONS})
