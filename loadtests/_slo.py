"""Service level objectives: `deliver.p99<=250ms`, `phase[2000].loss.silent==0`. Pure."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

__all__ = ["METRICS", "TIMED", "WHOLE_RUN", "Objective", "SloError"]

LATENCIES = (
    "deliver",
    "deliver_sent",
    "deliver_xdom",
    "last_subscriber_xdom",
    "last_subscriber",
    "spread",
    "connect",
    "first_event",
    "publish",
    "publisher_late",
    "client_lag",
    "replay",
    "reconnect",
    "catchup",
    "drain",
)
FIGURES = ("min", "mean", "p50", "p90", "p95", "p99", "p999", "max")
COUNTS = {
    "loss": ("expected", "lost", "silent", "announced", "dup", "late", "history"),
    "resume": (
        *("cut", "reconnects", "replayed", "gap", "dup", "refused"),
        *("http_429", "http_4xx", "http_5xx", "http_other"),
    ),
    "answers": ("429", "4xx", "5xx", "other", "none", "unsent"),
    "churn": ("left", "abandoned"),
}
WHOLE_RUN = {  # figures that compare phases, or are of the run as such
    "capacity": ("subscribers",),
    "slow": ("p99_ratio", "stalled_evicted", "trickle_evicted"),
    "topics": ("leak",),
    "drift": ("p99_us_per_h", "p99_low", "p99_high", "rss_mb_per_h", "disconnects_per_h"),
}
COUNTED_LAST = {"loss", "catchup", "resume.gap"}  # figures of accounts that subscribers close when they leave
BACK = ("back50", "back95", "back99", "back100")  # of `resume`
TIMED = (
    *(f"{latency}.{figure}" for latency in LATENCIES for figure in FIGURES),
    *(f"resume.{share}" for share in BACK),
)
METRICS = (
    *TIMED,
    *(f"{latency}.n" for latency in LATENCIES),
    *(f"{group}.{count}" for group, counts in (COUNTS | WHOLE_RUN).items() for count in counts),
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
    r"\s*(?P<bound>-?\d+(?:\.\d+)?)\s*(?P<unit>[a-zµ]*)\s*"
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
        if phase is not None and metric.partition(".")[0] in WHOLE_RUN:
            raise SloError(f"--slo {text!r}: {metric} is of the whole run, and of no phase")
        if phase is not None and phase not in phases:
            known = f"the phases are {', '.join(phases)}" if phases else "nobody knows its phases yet"
            raise SloError(f"--slo {text!r}: no phase {phase!r}; {known}")
        timed = metric in TIMED
        if timed and unit not in UNITS:
            raise SloError(f"--slo {text!r}: {metric} needs a unit, one of ms, us, s")
        if not timed and unit:
            raise SloError(f"--slo {text!r}: {metric} is a count and takes no unit")
        return cls(text, phase, metric, compare, float(bound) * (UNITS[unit] if timed else 1))

    @property
    def early(self) -> bool:
        """Whether one phase's figures are enough, before the run is over."""
        return self.metric.partition(".")[0] not in WHOLE_RUN

    @property
    def ends_runs(self) -> bool:
        """Whether a phase can be known to miss it while the run goes on."""
        return self.early and not {self.metric, self.metric.partition(".")[0]} & COUNTED_LAST

    def judge(self, figures: Mapping[str, Any] | None) -> dict[str, Any]:
        """The row of the result file. `figures` has `metrics`, `loss` and the like, and is None for a phase
        that never began; without a value nothing is met.
        """
        value = None if figures is None else self._value(figures)
        met = value is not None and COMPARE[self.compare](value, self.bound)
        return {"expr": self.text, "value_us" if self.metric in TIMED else "value": value, "ok": met}

    def _value(self, figures: Mapping[str, Any]) -> float | None:
        group, _, figure = self.metric.partition(".")
        value: float | None
        if group in LATENCIES:
            value = figures["metrics"][group][f"{figure}_us" if self.metric in TIMED else figure]
        elif figure in BACK:
            value = figures[group][f"{figure}_ms"]
            value = None if value is None else value * 1000
        else:
            value = figures[group][figure]
        return value


def _hint(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    groups = ", ".join((*LATENCIES, *COUNTS, *WHOLE_RUN))
    return f"; did you mean {near[0]!r}?" if near else f"; there are {groups}"
