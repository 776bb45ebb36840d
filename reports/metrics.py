"""Numbers of a load result: latency distributions derived again from the histograms. Draws nothing."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil
from typing import NamedTuple

from reports.load_schema import Load, Measured, Phase, Slo
from reports.packed import buckets
from reports.units import count, ms

__all__ = [
    "QUANTILES",
    "UNITS_US",
    "Distribution",
    "Limit",
    "PhaseMetrics",
    "contradictions",
    "headline",
    "held_against",
    "limit",
    "merged",
    "nines",
    "phases",
]

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}
UNITS_US = {"us": 1.0, "µs": 1.0, "ms": 1e3, "s": 1e6}


def nines(quantile: float) -> float:
    """The place of a quantile below 1 on the log-nines axis: 0.5 → 2, 0.9 → 10, 0.99 → 100."""
    return 1 / (1 - quantile)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Latencies in µs: lower bucket edges, ascending, and how many samples lie at or below each."""

    edges: "array[int]"
    ranks: "array[int]"

    @classmethod
    def of(cls, buckets: Iterable[tuple[int, int]]) -> "Distribution":
        """From [edge, count] pairs in any order; equal edges add up, as merged runs need."""
        counts: dict[int, int] = {}
        for edge, samples in buckets:
            if samples:
                counts[edge] = counts.get(edge, 0) + samples
        edges = sorted(counts)
        return cls(array("q", edges), array("q", accumulate(counts[edge] for edge in edges)))

    @property
    def n(self) -> int:
        return self.ranks[-1] if self.ranks else 0

    def quantile(self, q: float) -> int | None:
        """The smallest edge that at least q·n samples do not exceed (nearest rank); None without samples."""
        if not self.n:
            return None
        rank = max(1, ceil(round(q * self.n, 6)))
        return self.edges[bisect_left(self.ranks, rank)]

    def buckets(self) -> list[tuple[int, int]]:
        """[edge, count], ascending: what `of` takes."""
        return [
            (edge, upto - below)
            for edge, (below, upto) in zip(self.edges, pairwise((0, *self.ranks)), strict=True)
        ]

    def curve(self) -> list[tuple[float, int]]:
        """Corners (nines, µs) of the step curve from the median up to 1 - 1/n, where the samples end."""
        points: list[tuple[float, int]] = []
        for edge, (below, upto) in zip(self.edges, pairwise((0, *self.ranks)), strict=True):
            start, end = (
                min(self.n, self.n / (self.n - rank) if rank < self.n else self.n) for rank in (below, upto)
            )
            if end >= 2 or upto == self.n:
                points += [(max(2.0, start), edge), (max(2.0, end), edge)]
        return points


@dataclass(frozen=True, slots=True)
class PhaseMetrics:
    """A phase with its distributions, by the name of the metric."""

    phase: Phase
    latency: Mapping[str, Distribution]
    invalid: bool = False

    def measured(self, metric: str) -> Measured:
        """n and percentiles from the histogram where there is one; the maximum as it was recorded."""
        stated = self.phase.metrics.get(metric, Measured())
        found = self.latency.get(metric)
        if found is None or not found.n:
            return stated
        top = found.edges[-1] if stated.max_us is None else stated.max_us
        low = found.edges[0] if stated.min_us is None else stated.min_us
        figures = {f"{name}_us": found.quantile(q) for name, q in QUANTILES.items()}
        return Measured(n=found.n, min_us=low, mean_us=stated.mean_us, max_us=top, **figures)


def phases(result: Load) -> list[PhaseMetrics]:
    """Every phase of a run, in its order."""
    return [
        PhaseMetrics(
            phase,
            {name: Distribution.of(buckets(packed)) for name, packed in found.items()},
            held_against(result.invalid, phase.name),
        )
        for phase in result.phases
        for found in [result.hist.phases.get(str(phase.id), {})]
    ]


def merged(found: Iterable[PhaseMetrics], metric: str) -> Distribution:
    """One metric in all of these phases together."""
    return Distribution.of(
        pair for each in found if metric in each.latency for pair in each.latency[metric].buckets()
    )


def held_against(reasons: Sequence[str], name: str) -> bool:
    """Whether a phase is invalid: by a reason that names it, `phase 100: …`, or by one that names none."""
    return any(
        reason.startswith(f"phase {name}: ") or not re.match(r"phase .+?: ", reason) for reason in reasons
    )


class Limit(NamedTuple):
    """An upper bound on one quantile of one metric, maybe for one phase only."""

    metric: str
    quantile: float
    us: float
    phase: str | None


LIMIT = re.compile(
    r"\s*(?:phase\[(?P<phase>[^\]]+)\]\.)?(?P<metric>\w+)\.(?P<q>p50|p90|p95|p99|p999)\s*<=?"
    r"\s*(?P<value>\d{1,12}(?:\.\d{1,6})?)\s*(?P<unit>us|µs|ms|s)\s*"
)


def limit(slo: Slo) -> Limit | None:
    """What an SLO says about a latency, or None where it speaks of something else."""
    found = LIMIT.fullmatch(slo.expr)
    if found is None or not float(found["value"]):
        return None
    return Limit(
        found["metric"],
        QUANTILES[found["q"]],
        float(found["value"]) * UNITS_US[found["unit"]],
        found["phase"],
    )


def headline(found: Sequence[PhaseMetrics]) -> str:
    """`2 000 subscribers: delivery p50 12.03 ms, p99 27.90 ms. 7 of 600 000 deliveries lost.`"""
    return f"{busiest(found)} {lost(found)}".strip()


def busiest(found: Sequence[PhaseMetrics]) -> str:
    """The latencies at the highest level at which anything was delivered."""
    delivered = [each for each in found if each.measured("deliver").n]
    if not delivered:
        return "Nothing was delivered."
    top = max(delivered, key=lambda each: each.phase.subs)
    named = {"delivery p50": ("deliver", "p50_us"), "p99": ("deliver", "p99_us")}
    named["last subscriber p99"] = ("last_subscriber", "p99_us")
    figures = {label: getattr(top.measured(metric), key) for label, (metric, key) in named.items()}
    told = ", ".join(f"{label} {ms(us)}\u00a0ms" for label, us in figures.items() if us is not None)
    return f"{count(top.phase.subs)} subscribers: {told or 'no latencies'}."


def lost(found: Sequence[PhaseMetrics]) -> str:
    """What was lost in all phases that counted it."""
    counted = [each.phase.loss for each in found if each.phase.loss.lost is not None]
    if not counted:
        return "Losses were not counted."
    expected, missing = sum(loss.expected or 0 for loss in counted), sum(loss.lost or 0 for loss in counted)
    silent = sum(loss.silent or 0 for loss in counted)
    tail = f", {count(silent)} of them silently" if silent else ""
    return f"{count(missing) if missing else 'None'} of {count(expected)} deliveries lost{tail}."


def contradictions(result: Load, derived: Sequence[PhaseMetrics]) -> list[str]:
    """Where a result file disagrees with itself, its phases being those that were `derived` from it."""
    found = [
        f"phase {each.phase.name}: {name} states {stated.n} samples, the histogram holds {counted.n}"
        for each in derived
        for name, stated in each.phase.metrics.items()
        for counted in [each.latency.get(name)]
        if counted is not None and counted.n != stated.n
    ]
    known = {str(phase.id) for phase in result.phases}
    found += [
        f"there are histograms of phase {id_}, which is not listed"
        for id_ in result.hist.phases
        if id_ not in known
    ]
    if result.exit_code == 0 and (result.invalid or any(slo.ok is False for slo in result.slo)):
        found.append("exit code 0 stands beside an invalid run or a failed SLO")
    return found
