"""What can be asked of a result by name: `deliver.p99`, `phase[2000].loss.silent`, `coverage`. Pure.

Times are in µs. Without a phase a figure is that of the whole run: all samples together, counts added up, and
of everything else the highest (of `fairness.jain` the lowest).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from msgspec.structs import asdict

from reports.load_schema import Load, Measured, Series
from reports.metrics import QUANTILES, PhaseMetrics, merged, phases
from reports.schemas import Conformance, Fleet, Result
from reports.tally import ORDER, tally
from reports.units import count, ms, plain

__all__ = ["KNOWN", "figure", "quantities", "timed"]

LATENCIES = (
    *("deliver", "deliver_sent", "deliver_xdom", "last_subscriber", "last_subscriber_xdom", "spread"),
    *("connect", "first_event", "publish"),
    *("publisher_late", "client_lag", "replay", "reconnect", "catchup", "drain"),
)
FIGURES = ("min", "mean", *QUANTILES, "max")
COUNTS = ("expected", "lost", "silent", "announced", "dup", "late", "history")
RATES = ("offered_pub_s", "achieved_pub_s", "deliveries_s")
SERVER = ("server.cpu", "server.rss_mb", "server.cpu_us_per_delivery")
BACK = ("back50", "back95", "back99", "back100")
OTHERS = {  # of a phase, and whether they add up over phases
    "resume": (
        *("cut", "reconnects", "replayed", "gap", "dup"),
        *("refused", "http_429", "http_4xx", "http_5xx", "http_other"),
    ),
    "answers": ("429", "4xx", "5xx", "other", "none", "unsent"),
    "churn": ("left", "abandoned"),
}
OF_RUN = {  # of the run as such
    "capacity": ("subscribers",),
    "slow": ("p99_ratio", "stalled_evicted", "trickle_evicted"),
    "topics": ("leak",),
    "drift": ("p99_us_per_h", "p99_low", "p99_high", "rss_mb_per_h", "disconnects_per_h"),
}
ADDED = {f"{group}.{name}" for group, names in OTHERS.items() for name in names}
UNITS = {"_us": 1, "_ms": 1000}  # of a key, in µs
VERDICTS = tuple(verdict.lower() for verdict in ORDER)
LEVELS = ("must", "should", "may")

KNOWN: Mapping[type[Result], frozenset[str]] = {
    Load: frozenset(
        (
            *(f"{latency}.{figure}" for latency in LATENCIES for figure in (*FIGURES, "n")),
            *(f"loss.{count}" for count in COUNTS),
            *(*RATES, *SERVER, *ADDED, "fairness.jain", "fairness.order_corr"),
            *(f"resume.{name}" for name in BACK),
            *(f"{group}.{name}" for group, names in OF_RUN.items() for name in names),
        )
    ),
    Conformance: frozenset(
        (*VERDICTS, "judged", "coverage", *(f"{level}.{name}" for level in LEVELS for name in VERDICTS))
    ),
    Fleet: frozenset(("devices", "failed", "expected", "seen", "missing", "duplicates")),
}
"""The names that a result of each kind answers to; a file may bring more."""


def timed(name: str) -> bool:
    """Whether a figure is a time, in µs."""
    return name.rpartition(".")[2] in (*FIGURES, *BACK)


def figure(name: str, value: float) -> str:
    """One of them with its unit: `9.00 ms`, `1 000`, `0.95`."""
    if timed(name):
        return f"{ms(value)}\u00a0ms"
    return plain(value) if value < 1 else count(value)


def quantities(result: Result, found: Sequence[PhaseMetrics] | None = None) -> dict[str, float]:
    """Every figure that this result has; what was not measured is absent.

    `found` are its phases, where they were derived already.
    """
    match result:
        case Load():
            return dict(of_load(result, phases(result) if found is None else found))
        case Conformance():
            return dict(of_conformance(result))
        case Fleet():
            return dict(of_fleet(result))


def of_conformance(result: Conformance) -> Iterator[tuple[str, float]]:
    counted = tally(result.rows)
    yield "judged", counted.judged
    yield "coverage", counted.coverage
    yield from ((verdict.lower(), counted.counts.get(verdict, 0)) for verdict in ORDER)
    for level in LEVELS:
        found = tally(row for row in result.rows if row.level.lower() == level).counts
        yield from ((f"{level}.{verdict.lower()}", found.get(verdict, 0)) for verdict in ORDER)


def of_fleet(result: Fleet) -> Iterator[tuple[str, float]]:
    devices = result.devices.values()
    yield "devices", len(devices)
    yield "failed", sum(not device.ok for device in devices)
    for name in ("expected", "seen", "missing", "duplicates"):
        yield name, sum(getattr(device, name) for device in devices)


def of_load(result: Load, found: Sequence[PhaseMetrics]) -> Iterator[tuple[str, float]]:
    for each in found:
        for name, value in of_phase(each, result.series):
            yield f"phase[{each.phase.name}].{name}", value
    yield from of_run(found, result.series)
    for group in OF_RUN:
        yield from numbers(getattr(result, group) or {}, f"{group}.")


def of_phase(each: PhaseMetrics, series: Series | None) -> Iterator[tuple[str, float]]:
    for metric in {**each.phase.metrics, **each.latency}:
        yield from figures(metric, each.measured(metric))
    yield from others(each)
    yield from of_server([each], series)


def others(each: PhaseMetrics) -> Iterator[tuple[str, float]]:
    """What a phase has besides latencies."""
    phase = each.phase
    yield from numbers(asdict(phase.loss), "loss.")
    yield from ((name, value) for name in RATES if (value := getattr(phase, name)) is not None)
    for group in (*OTHERS, "fairness"):
        yield from numbers(getattr(phase, group), f"{group}.")


def of_run(found: Sequence[PhaseMetrics], series: Series | None) -> Iterator[tuple[str, float]]:
    """All phases together."""
    for metric in dict.fromkeys(name for each in found for name in (*each.phase.metrics, *each.latency)):
        yield from figures(metric, together(metric, found))
    apart: dict[str, list[float]] = {}
    for each in found:
        for name, value in others(each):
            apart.setdefault(name, []).append(value)
    yield from ((name, joined(name, values)) for name, values in apart.items())
    yield from of_server(found, series)


def together(metric: str, found: Sequence[PhaseMetrics]) -> Measured:
    """One metric over all phases; its quantiles only where every phase has its histogram."""
    measured = [stated for each in found if (stated := each.measured(metric)).n]
    n = sum(each.n for each in measured)
    if not n:
        return Measured()
    whole = merged(found, metric)
    known = whole.n == n
    means = [each.mean_us * each.n for each in measured if each.mean_us is not None]
    return Measured(
        n=n,
        min_us=min((each.min_us for each in measured if each.min_us is not None), default=None),
        mean_us=sum(means) / n if len(means) == len(measured) else None,
        max_us=max((each.max_us for each in measured if each.max_us is not None), default=None),
        **{f"{name}_us": whole.quantile(q) if known else None for name, q in QUANTILES.items()},
    )


def of_server(found: Sequence[PhaseMetrics], series: Series | None) -> Iterator[tuple[str, float]]:
    """The server's process in the judged seconds of these phases, where it was watched."""
    if series is None or not series.server_cpu:
        return
    spans = [each.phase.window for each in found]
    judged = [n for n, t in enumerate(series.t) if any(begin <= t < end for begin, end in spans)]
    if not judged:
        return
    cpu = fmean(series.server_cpu[n] for n in judged)
    yield "server.cpu", cpu
    if series.server_rss_mb:
        yield "server.rss_mb", max(series.server_rss_mb[n] for n in judged)
    deliveries = fmean(series.deliveries[n] for n in judged) / series.step_s if series.deliveries else 0
    if deliveries:
        yield "server.cpu_us_per_delivery", cpu * 1e4 / deliveries  # 1 % of a core is 10 000 µs a second


def figures(metric: str, measured: Measured) -> Iterator[tuple[str, float]]:
    yield f"{metric}.n", measured.n
    for name in FIGURES:
        value = getattr(measured, f"{name}_us")
        if value is not None:
            yield f"{metric}.{name}", value


def numbers(group: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of an object, those of objects inside it too."""
    for name, value in group.items():
        match value:
            case bool():
                continue
            case int() | float():
                unit = name[-3:] if name[-3:] in UNITS else ""
                yield f"{prefix}{name.removesuffix(unit)}", value * UNITS.get(unit, 1)
            case dict():
                yield from numbers(value, f"{prefix}{name}.")


def joined(name: str, values: Iterable[float]) -> float:
    """One figure of a run from those of its phases."""
    if name == "fairness.jain":
        return min(values)
    return sum(values) if name.startswith("loss.") or name in ADDED else max(values)
