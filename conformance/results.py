"""The result file: one JSON document a run. Knows the schema, and writes it whole or not at all."""

import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["SCHEMA", "PortabilityRow", "Result", "ResultRow", "Summary", "write"]

SCHEMA = "eventbahn-conformance/1"


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement and what became of it. Text only: bytes of the target are escaped."""

    id: str
    path: str | None = None  # by which other way the server was reached, None for its own address
    section: str
    title: str
    level: str
    priority: str
    verdict: str
    reason: str
    clause: str
    url: str
    why: str
    fix: str
    expected: str
    observed: str
    evidence: str | list[str]  # several where a row was judged several times
    reproduce: str
    arrivals: tuple[tuple[float, int], ...]
    seconds: float


class PortabilityRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a client that people use made of the streams of a run, beside what the standard says.

    `version` is "" where it is not installed. The other texts are about the first difference, and "" where
    there is none.
    """

    client: str
    version: str
    streams: int
    events: int  # by the standard
    differing: int  # streams
    stream: str = ""
    standard: str = ""
    heard: str = ""
    evidence: str = ""


class Summary(msgspec.Struct, frozen=True):
    """What was counted; `coverage` is a share, 0 to 1."""

    counts: dict[str, int]
    coverage: float


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A run of the suite against one target."""

    schema: str = SCHEMA
    target: dict[str, Any]
    started: str  # ISO 8601, UTC
    seed: str
    versions: dict[str, str]
    rows: tuple[ResultRow, ...]
    portability: tuple[PortabilityRow, ...] = ()
    summary: Summary
    exit_code: int


def write(result: Result, path: Path) -> None:
    """Write or replace the file at `path`. Raises OSError, and then leaves what was there."""
    text = msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
