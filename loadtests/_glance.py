"""A run at a glance while it lasts: figures by phase and by second, as rows. Pure; judges nothing."""

from collections.abc import Mapping
from typing import Any

from loadtests._histogram import HEAT_BITS, Histogram
from loadtests._ledger import Ledger
from loadtests._plan import SECOND, Phase, Plan, Window

__all__ = ["COLUMNS", "by_phase", "by_second", "told"]

RECENT_SECONDS = 5
COLUMNS = {
    "phase": "Phase",
    "subscribers": "Subscribers",
    "deliveries": "Deliveries",
    "p50": "Deliver 50%ile (ms)",
    "p95": "95%ile (ms)",
    "p99": "99%ile (ms)",
    "p999": "99.9%ile (ms)",
    "last_p99": "Last subscriber 99%ile (ms)",
    "connect_p99": "Connect 99%ile (ms)",
    "publish_p99": "Publish 99%ile (ms)",
    "client_lag_p99": "Client lag 99%ile (ms)",
    "lost": "Lost",
    "late": "Out of order",
    "dup": "Duplicates",
}
Row = dict[str, Any]


def by_phase(plan: Plan, ledger: Ledger, loss: Mapping[int, Mapping[str, int]]) -> list[Row]:
    """A row for each phase that has begun; `loss` by phase is known once a run has drained."""
    last = ledger.last_by_window()
    return [
        _row(phase, ledger, last.get(Window(phase.id, judged=True), Histogram()))
        | {"lost": loss.get(phase.id, {}).get("lost", "–")}
        for phase in plan.phases
        if phase.id in loss or ledger.measured("deliver", [Window(phase.id, judged=True)]).n
    ]


def _row(phase: Phase, ledger: Ledger, last: Histogram) -> Row:
    judged, whole = [Window(phase.id, judged=True)], [Window(phase.id, judged) for judged in (False, True)]
    deliver = ledger.measured("deliver", judged)
    return {
        "phase": phase.name,
        "subscribers": phase.subscribers,
        "deliveries": deliver.n,
        "p50": _ms(deliver, 500),
        "p95": _ms(deliver, 950),
        "p99": _ms(deliver, 990),
        "p999": _ms(deliver, 999),
        "last_p99": _ms(last, 990),
        "connect_p99": _ms(ledger.measured("connect", whole), 990),
        "publish_p99": _ms(ledger.measured("publish", judged), 990),
        "client_lag_p99": _ms(ledger.measured("client_lag", judged), 990),
        "late": ledger.counts[phase.id, "late"],
        "dup": ledger.counts[phase.id, "dup"],
    }


def by_second(plan: Plan, ledger: Ledger, most: int) -> dict[str, Any]:
    """The last `most` seconds in which probes were due: percentiles, and all deliveries as colours."""
    first, seconds = plan.begin_ns // SECOND, sorted(ledger.heat)[-most:]
    return {
        "t": [second - first for second in seconds],
        "p50_us": [ledger.heat[second].quantile(500) for second in seconds],
        "p99_us": [ledger.heat[second].quantile(990) for second in seconds],
        "heat": [ledger.heat[second].pairs(HEAT_BITS) for second in seconds],
    }


def _ms(histogram: Histogram, per_mille: int) -> float | None:
    us = histogram.quantile(per_mille)
    return None if us is None else float(f"{us / 1000:.3g}")


def told(plan: Plan, ledger: Ledger, now_ns: int) -> str:
    """Where a run is and how it gets on, in one line; workers report every 3 s, so it lags as far."""
    phase = plan.phase_at(now_ns)
    if phase is None:
        return "draining" if now_ns >= plan.end_ns else "about to begin"
    into = (now_ns - phase.begin_ns) // SECOND
    parts = [
        f"phase {phase.name}: {into} of {(phase.end_ns - phase.begin_ns) // SECOND} s",
        "settling" if now_ns < phase.judged_ns else "judged",
        f"{_live(ledger):,} of {phase.subscribers:,} open",
    ]
    if latest := max(ledger.heat, default=0):
        recent = Histogram()
        for second in range(latest - RECENT_SECONDS, latest + 1):
            recent.merge(ledger.heat.get(second, Histogram()))
        whole = max(ledger.seconds[second, "deliveries"] for second in (latest - 1, latest))
        parts.append(f"{whole:,} deliveries/s")
        parts.append(f"p50 {_ms(recent, 500)} ms, p99 {_ms(recent, 990)} ms")
    if troubles := sum(ledger.errors.values()):
        parts.append(f"{troubles:,} errors")
    return " · ".join(parts)


def _live(ledger: Ledger) -> int:
    """Streams that were open when each worker was heard last."""
    return sum({sample.worker: sample.live for sample in ledger.samples}.values())
