"""Service level objectives: `deliver.p99<=250ms`, `phase[2000].loss.silent==0`. Pure."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

__all__ = ["METRICS", "Objective", "SloError"]

LATENCIES = (
    "deliver",
    "deliver_sent",
    "last_subscriber",
    "spread",
    "connect",
    "first_event",
    "publish",
    "publisher_late",
    "client_lag",
    "replay",
)
FIGURES = ("min", "mean", "p50", "p90", "p95", "p99", "p999", "max")
COUNTS = ("expected", "lost", "silent", "announced", "dup", "late", "history")
METRICS = (
    *(f"{latency}.{figure}" for latency in LATENCIES for figure in FIGURES),
    *(f"{latency}.n" for latency in LATENCIES),
    *(f"loss.{count}" for count in COUNTS),
)
UNITS = {"us": 1, "µs": 1, "ms": 1_000, "s": 1_000_000}
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}
SYNTAX = re.compile(
    r"\s*(?:phase\[(?P<phase>[^]]+)\]\.)?(?P<metric>[\w.]+)\s*(?P<compare><=|>=|==|<|>)"
    r"\s*(?P<bound>\d+(?:\.\d+)?)\s*(?P<unit>[a-zµ]*)\s*"
)


class SloError(ValueError):
    """An objective that cannot be judged; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Objective:
    """One bound on one metric: of the phase of that name, or of the whole run. Latencies are in µs."""

    text: str
    phase: str | None
    metric: str
    compare: str
    bound: float

    @classmethod
    def parse(cls, text: str, phases: Collection[str]) -> "Objective":
        """Raises SloError for anything that could not be judged at the end of a run with these phases."""
        found = SYNTAX.fullmatch(text)
        if not found:
            raise SloError(f"--slo {text!r}: write METRIC<=NUMBER[ms|us|s], like 'deliver.p99<=250ms'")
        phase, metric, compare, bound, unit = found.group("phase", "metric", "compare", "bound", "unit")
        if metric not in METRICS:
            raise SloError(f"--slo {text!r}: no metric {metric!r}{_hint(metric, METRICS)}")
        if phase is not None and phase not in phases:
            raise SloError(f"--slo {text!r}: no phase {phase!r}; the phases are {', '.join(phases)}")
        timed = metric.startswith(LATENCIES) and not metric.endswith(".n")
        if timed and unit not in UNITS:
            raise SloError(f"--slo {text!r}: {metric} needs a unit, one of ms, us, s")
        if not timed and unit:
            raise SloError(f"--slo {text!r}: {metric} is a count and takes no unit")
        return cls(text, phase, metric, compare, float(bound) * (UNITS[unit] if timed else 1))

    def judge(self, figures: Mapping[str, Any] | None) -> dict[str, Any]:
        """The row of the result file. `figures` has `metrics` and `loss`, and is None for a phase that never
        began; without a value nothing is met.
        """
        group, _, figure = self.metric.partition(".")
        timed = group != "loss" and figure != "n"
        key = "value_us" if timed else "value"
        value = None
        if figures is not None:
            found = figures["loss"] if group == "loss" else figures["metrics"][group]
            value = found[f"{figure}_us" if timed else figure]
        met = value is not None and COMPARE[self.compare](value, self.bound)
        return {"expr": self.text, key: value, "ok": met}


def _hint(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(LATENCIES)} and loss"
