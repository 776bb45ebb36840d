"""`eventbahn-load/1`, the result of a load test, as records. Keys that no page shows are not declared."""

from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct, field

from reports.packed import (
    Amount,
    Buckets,
    Count,
    ExitCode,
    Microseconds,
    Moment,
    Probe,
    Probes,
    Seconds,
    Signed,
    buckets,
    nothing,
    probes,
)

__all__ = [
    "Events",
    "Heat",
    "Hist",
    "Load",
    "Loss",
    "Measured",
    "Phase",
    "Run",
    "Series",
    "Slo",
    "Subscribers",
]


class Measured(Struct, frozen=True):
    """The figures of one metric in one phase. What was not measured is absent, which is not zero."""

    n: Count = 0
    min_us: Microseconds | None = None
    mean_us: Amount | None = None
    p50_us: Microseconds | None = None
    p90_us: Microseconds | None = None
    p95_us: Microseconds | None = None
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
    history: Count | None = None


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
    resume: dict[str, Any] = {}
    fairness: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    churn: dict[str, Any] = {}

    def __post_init__(self) -> None:
        for name, span in (("t", self.t), ("judged", self.judged)):
            if span and span[0] > span[1]:
                raise ValueError(f"`{name}` ends before it begins")

    @property
    def window(self) -> tuple[float, float]:
        """The part that is judged."""
        return self.judged or self.t


class Hist(Struct, frozen=True):
    """Phase id → metric → [lower edge in µs, count]: log-linear buckets of `bits` significant bits."""

    bits: Annotated[int, Meta(ge=1, le=30)]
    phases: dict[str, dict[str, Buckets]]
    unit: Literal["us"] = "us"

    def __post_init__(self) -> None:
        for phase, metrics in self.phases.items():
            for metric, packed in metrics.items():
                checked(buckets, packed, f"phases[{phase!r}][{metric!r}]")


class Heat(Struct, frozen=True):
    """A coarse histogram of the deliveries that were due in each step of the series."""

    bits: Annotated[int, Meta(ge=1, le=30)]
    rows: list[Buckets]

    def __post_init__(self) -> None:
        for number, packed in enumerate(self.rows):
            checked(buckets, packed, f"rows[{number}]")


class Series(Struct, frozen=True, kw_only=True):
    """The run second by second; a list is as long as `t`, or empty where nothing was sampled."""

    step_s: Annotated[float, Meta(ge=0.001, le=1e9)]
    t: list[Moment]
    subs: list[Count] = []
    deliveries: list[Count] = []
    lost: list[Count] = []
    silent: list[Count] = []
    dup: list[Count] = []
    late: list[Count] = []
    replayed: list[Count] = []
    disconnects: list[Count] = []
    conn_ok: list[Count] = []
    client_cpu: list[Amount] = []
    server_cpu: list[Amount] = []
    server_rss_mb: list[Amount] = []
    server: dict[str, list[Signed]] = {}
    heat: Heat | None = None

    def __post_init__(self) -> None:
        if any(after <= before for before, after in pairwise(self.t)):
            raise ValueError("`t` does not increase")
        for name in self.__struct_fields__:
            values = getattr(self, name)
            values = values.rows if isinstance(values, Heat) else values
            if isinstance(values, list):
                self._as_long(name, values)
        for name, exported in self.server.items():
            self._as_long(f"server[{name!r}]", exported)

    def _as_long(self, name: str, values: list[Any]) -> None:
        if values and len(values) != len(self.t):
            raise ValueError(f"`{name}` has {len(values)} values where `t` has {len(self.t)}")


class Events(Struct, frozen=True):
    """Events one by one: [source, seq, subscribers reached, µs to the first, µs to the last]."""

    packed: Probes = field(name="rows", default_factory=nothing)
    sampled: Annotated[int, Meta(ge=1)] = 1

    def __post_init__(self) -> None:
        checked(probes, self.packed, "rows")

    @property
    def rows(self) -> list[Probe]:
        return probes(self.packed)


class Subscribers(Struct, frozen=True):
    """Subscriber by subscriber: mean latency, and the place in the order of connecting."""

    mean_us: list[Amount] = []
    connect_order: list[Count] = []

    def __post_init__(self) -> None:
        if len(self.mean_us) != len(self.connect_order):
            raise ValueError("`mean_us` and `connect_order` differ in length")


class Slo(Struct, frozen=True):
    """One promise about the run and whether it was kept."""

    expr: str
    ok: bool | None
    value_us: Amount | None = None
    value: Signed | None = None


class Run(Struct, frozen=True, kw_only=True):
    """Which run it was."""

    id: str
    scenario: str
    started: str
    target: str
    name: str | None = None
    duration_s: Seconds | None = None
    seed: int | str | None = None
    git: str | None = None
    args: dict[str, Any] = {}


class Load(Struct, frozen=True, kw_only=True, tag_field="schema", tag="eventbahn-load/1"):
    """`eventbahn-load/1`: one load test. `hist` is the truth, percentiles elsewhere are derived from it."""

    run: Run
    phases: list[Phase]
    hist: Hist
    invalid: list[str]
    exit_code: ExitCode
    env: dict[str, Any] = {}
    workers: list[dict[str, Any]] = []
    series: Series | None = None
    events: Events | None = None
    subscribers: Subscribers | None = None
    slo: list[Slo] = []
    errors: dict[str, Count] = {}
    capacity: dict[str, Any] | None = None
    slow: dict[str, Any] | None = None
    topics: dict[str, Any] | None = None
    drift: dict[str, Any] | None = None
    aborted: str | None = None

    @property
    def to_all(self) -> bool:
        """Whether every event was meant for every subscriber, all the time."""
        return not (self.topics or self.slow or self.run.args.keys() & {"--topics", "--lifetime"})


def checked(unpack: Any, packed: Raw, name: str) -> None:
    """Raises ValueError that names the list, as `msgspec` wants it from a record."""
    try:
        unpack(packed)
    except (ValueError, msgspec.DecodeError) as error:
        raise ValueError(f"`{name}`: {error}") from error
