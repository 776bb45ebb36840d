"""The result files that this package reads, as records. Keys that no page shows are not declared."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from reports.load_schema import Load
from reports.packed import Arrivals, Count, ExitCode, Seconds, arrivals, nothing

__all__ = ["Conformance", "Delivery", "Fleet", "Portability", "Result", "Row", "Verdict"]

Verdict = Literal[
    "PASS",
    "FAIL",
    "WARN",
    "INFO",
    "N/A",
    "SKIP",
    "DEPENDENCY",
    "INCONCLUSIVE",
    "FLAKY",
    "WAIVED",
    "STALE-WAIVER",
]


class Row(Struct, frozen=True, kw_only=True):
    """One requirement and what became of it. `evidence` holds the target's bytes, escaped by the suite."""

    id: str
    section: str
    title: str
    level: str
    verdict: Verdict
    path: str | None = None
    priority: str | None = None
    reason: str | None = None
    clause: str | None = None
    url: str | None = None
    why: str | None = None
    fix: str | None = None
    expected: str | None = None
    observed: str | None = None
    evidence: str | list[str] | None = None
    reproduce: str | None = None
    packed_arrivals: Arrivals = field(name="arrivals", default_factory=nothing)
    seconds: Seconds | None = None

    def __post_init__(self) -> None:
        self.arrivals  # noqa: B018 - raises where it is no such list

    @property
    def arrivals(self) -> list[tuple[float, int]]:
        """Seconds and bytes of each read."""
        try:
            return arrivals(self.packed_arrivals)
        except ValueError as error:
            raise ValueError(f"`arrivals`: {error}") from error

    @property
    def pieces(self) -> list[str]:
        """The evidence as a list, be it none, one excerpt or several."""
        if self.evidence is None:
            return []
        return [self.evidence] if isinstance(self.evidence, str) else self.evidence


class Summary(Struct, frozen=True):
    """What the suite itself counted."""

    counts: dict[Verdict, Count]
    coverage: Annotated[float, Meta(ge=0, le=1)] | None


class Portability(Struct, frozen=True, kw_only=True):
    """What a client that people use made of the streams of a run; no `version` where it is not installed."""

    client: str
    version: str
    streams: Count
    events: Count
    differing: Count
    stream: str = ""
    standard: str = ""
    heard: str = ""
    evidence: str = ""


class Conformance(Struct, frozen=True, kw_only=True, tag_field="schema", tag="eventbahn-conformance/1"):
    """`eventbahn-conformance/1`: one run of the suite against one target."""

    target: dict[str, Any]
    started: str
    rows: list[Row]
    summary: Summary
    exit_code: ExitCode
    seed: int | str | None = None
    versions: dict[str, Any] = {}
    portability: list[Portability] = []


class Delivery(Struct, frozen=True):
    """What one device sent and the server holds."""

    expected: Count
    seen: Count
    missing: Count
    duplicates: Count
    ok: bool


class Fleet(Struct, frozen=True, kw_only=True, tag_field="schema", tag="eventbahn-fleet/1"):
    """`eventbahn-fleet/1`: a fleet's own truth against the server's books."""

    started: str
    url: str
    devices: dict[str, Delivery]
    exit_code: ExitCode
    truth: str | None = None


Result = Conformance | Load | Fleet
