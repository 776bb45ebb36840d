"""The result files that this package reads, as records. Keys that no page shows are not declared."""

from itertools import pairwise
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

__all__ = [
    "Conformance",
    "Delivery",
    "Fleet",
    "Hist",
    "Load",
    "Loss",
    "Measured",
    "Phase",
    "Result",
    "Row",
    "Series",
    "Slo",
    "Verdict",
]

Count = Annotated[int, Meta(ge=0, le=2**53)]
Microseconds = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e12)]
Moment = Annotated[float, Meta(ge=-1e9, le=1e12)]  # seconds; a sample may be older than the run
Amount = Annotated[float, Meta(ge=0, le=1e15)]
ExitCode = Annotated[int, Meta(ge=0, le=255)]
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
    arrivals: list[tuple[Seconds, Count]] | None = None
    seconds: Seconds | None = None

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


class Conformance(Struct, frozen=True, kw_only=True):
    """`eventbahn-conformance/1`: one run of the suite against one target."""

    target: dict[str, Any]
    started: str
    rows: list[Row]
    summary: Summary
    exit_code: ExitCode
    seed: int | str | None = None
    versions: dict[str, Any] = {}
    portability: list[Portability] = []


class Measured(Struct, frozen=True):
    """The figures of one metric in one phase. What was not measured is absent, which is not zero."""

    n: Count = 0
    p50_us: Microseconds | None = None
    p90_us: Microseconds | None = None
    p99_us: Microseconds | None = None
    p999_us: Microseconds | None = None
    max_us: Microseconds | None = None


class Loss(Struct, frozen=True):
    """Deliveries that were due, and what went wrong with them."""

    expected: Count | None = None
    lost: Count | None = None
    silent: Count | None = None
    announced: Count | None = None
    dup: Count | None = None
    late: Count | None = None


class Phase(Struct, frozen=True, kw_only=True):
    """A stretch of the run under one load; `t` and `judged` are seconds since its start."""

    id: int
    name: str
    subs: Count
    t: tuple[Seconds, Seconds]
    judged: tuple[Seconds, Seconds] | None = None
    offered_pub_s: Amount | None = None
    achieved_pub_s: Amount | None = None
    deliveries_s: Amount | None = None
    metrics: dict[str, Measured] = {}
    loss: Loss = Loss()

    def __post_init__(self) -> None:
        for name, span in (("t", self.t), ("judged", self.judged)):
            if span and span[0] > span[1]:
                raise ValueError(f"`{name}` ends before it begins")


class Hist(Struct, frozen=True):
    """Phase id → metric → [lower edge in µs, count]: log-linear buckets of `bits` significant bits."""

    bits: Annotated[int, Meta(ge=1, le=30)]
    phases: dict[str, dict[str, list[tuple[Microseconds, Count]]]]
    unit: Literal["us"] = "us"


class Series(Struct, frozen=True):
    """The run second by second; a list is as long as `t`, or empty where nothing was sampled."""

    step_s: Annotated[float, Meta(ge=0.001, le=1e9)]
    t: list[Moment]
    deliveries: list[Count] = []
    lost: list[Count] = []

    def __post_init__(self) -> None:
        if any(after <= before for before, after in pairwise(self.t)):
            raise ValueError("`t` does not increase")
        for name in ("deliveries", "lost"):
            values = getattr(self, name)
            if values and len(values) != len(self.t):
                raise ValueError(f"`{name}` has {len(values)} values where `t` has {len(self.t)}")


class Slo(Struct, frozen=True):
    """One promise about the run and whether it was kept."""

    expr: str
    ok: bool | None
    value_us: Amount | None = None
    value: Amount | None = None


class Run(Struct, frozen=True, kw_only=True):
    """Which run it was."""

    id: str
    scenario: str
    started: str
    target: str
    duration_s: Seconds | None = None
    seed: int | str | None = None
    git: str | None = None
    args: dict[str, Any] = {}


class Load(Struct, frozen=True, kw_only=True):
    """`eventbahn-load/1`: one load test. `hist` is the truth, percentiles elsewhere are derived from it."""

    run: Run
    phases: list[Phase]
    hist: Hist
    invalid: list[str]
    exit_code: ExitCode
    env: dict[str, Any] = {}
    workers: list[dict[str, Any]] = []
    series: Series | None = None
    slo: list[Slo] = []
    errors: dict[str, Count] = {}


class Delivery(Struct, frozen=True):
    """What one device sent and the server holds."""

    expected: Count
    seen: Count
    missing: Count
    duplicates: Count
    ok: bool


class Fleet(Struct, frozen=True, kw_only=True):
    """`eventbahn-fleet/1`: a fleet's own truth against the server's books."""

    started: str
    url: str
    devices: dict[str, Delivery]
    exit_code: ExitCode
    truth: str | None = None


Result = Conformance | Load | Fleet
