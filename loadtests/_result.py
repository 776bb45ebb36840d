"""The result file, `eventbahn-load/1`: what a run counted as one document. Measures and prints nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from loadtests._accounting import Loss
from loadtests._fairness import fairness
from loadtests._health import PhaseEvidence
from loadtests._histogram import BITS, HEAT_BITS, Histogram
from loadtests._ledger import Ledger, Sample
from loadtests._plan import Phase, Plan, Window
from loadtests._schedule import Schedule

__all__ = ["SCHEMA", "Books", "moment"]

SCHEMA = "eventbahn-load/1"
SECOND = 1_000_000_000
JUDGED = ("deliver", "deliver_sent", "publish", "publisher_late", "client_lag", "replay")
WHOLE = ("connect", "first_event", "reconnect")  # happen while a phase settles, so all of it counts
MOST_ROWS = 5_000  # probes; beyond it every k-th is listed


@dataclass(frozen=True, slots=True)
class Books:
    """A run that is over: what was planned, as far as it was carried out, and what came of it."""

    plan: Plan
    schedules: Mapping[str, Schedule]
    ledger: Ledger

    def document(self) -> dict[str, Any]:
        """Phases, histograms, series and probes; whoever calls adds what else is known of the run."""
        metrics = {phase.id: self._histograms(_windows([phase])) for phase in self.plan.phases}
        return {
            "phases": [self._phase(phase, metrics[phase.id]) for phase in self.plan.phases],
            "hist": {
                "unit": "us",
                "bits": BITS,
                "phases": {
                    str(phase): {name: histogram.pairs() for name, histogram in found.items() if histogram.n}
                    for phase, found in metrics.items()
                },
            },
            "series": self._series(),
            "events": self._events(),
            "errors": dict(self.ledger.errors),
        }

    def whole(self) -> dict[str, Any]:
        """`metrics` and `loss` of all phases together, for objectives that name no phase."""
        histograms = self._histograms(_windows(self.plan.phases))
        return {
            "metrics": {name: histogram.summary() for name, histogram in histograms.items()},
            "loss": self._loss(self.plan.phases),
        }

    def evidence(self) -> list[PhaseEvidence]:
        """What each phase says about the generator."""
        return [self._evidence(phase) for phase in self.plan.phases]

    def cpu_percent(self) -> list[float]:
        """The generator's CPU in judged seconds."""
        return [
            sample.cpu_percent
            for sample in self.ledger.samples
            if (window := self.plan.window_at(sample.second * SECOND)) is not None and window.judged
        ]

    def _histograms(self, windows: Sequence[Window]) -> dict[str, Histogram]:
        judged = [window for window in windows if window.judged]
        last, spread = self.ledger.fan_out(judged)
        return {
            **{name: self.ledger.measured(name, judged) for name in JUDGED},
            **{name: self.ledger.measured(name, windows) for name in WHOLE},
            "last_subscriber": last,
            "spread": spread,
        }

    def _phase(self, phase: Phase, histograms: Mapping[str, Histogram]) -> dict[str, Any]:
        seconds = (phase.end_ns - phase.judged_ns) / SECOND
        began = self.plan.begin_ns
        return {
            "id": phase.id,
            "name": phase.name,
            "subs": phase.subscribers,
            "t": [(phase.begin_ns - began) / SECOND, (phase.end_ns - began) / SECOND],
            "judged": [(phase.judged_ns - began) / SECOND, (phase.end_ns - began) / SECOND],
            "offered_pub_s": _rate(self._offered(phase), seconds),
            "achieved_pub_s": _rate(histograms["publish"].n, seconds),
            "deliveries_s": _rate(histograms["deliver"].n, seconds),
            "metrics": {name: histogram.summary() for name, histogram in histograms.items()},
            "loss": self._loss([phase]),
            "resume": self._resume(phase, histograms["reconnect"]),
            "fairness": fairness(self.ledger.shares.get(phase.id, [])),
        }

    def _offered(self, phase: Phase) -> int:
        return sum(len(schedule.seqs(phase.judged_ns, phase.end_ns)) for schedule in self.schedules.values())

    def _loss(self, phases: Sequence[Phase]) -> dict[str, int]:
        loss = sum((self.ledger.losses.get(phase.id, Loss()) for phase in phases), Loss())
        counts = {
            what: sum(self.ledger.counts[phase.id, what] for phase in phases)
            for what in ("dup", "late", "history")
        }
        return {
            "expected": loss.expected,
            "lost": loss.lost,
            "silent": loss.silent,
            "announced": loss.announced,
            **counts,
        }

    def _resume(self, phase: Phase, back: Histogram) -> dict[str, Any]:
        half, most = back.quantile(500), back.quantile(990)
        return {
            "reconnects": self.ledger.counts[phase.id, "reconnects"],
            "back50_ms": None if half is None else half // 1000,
            "back99_ms": None if most is None else most // 1000,
            "replayed": self.ledger.counts[phase.id, "replayed"],
        }

    def _evidence(self, phase: Phase) -> PhaseEvidence:
        judged = [Window(phase.id, judged=True)]
        live = [
            sample.live
            for sample in self.ledger.samples
            if phase.judged_ns <= sample.second * SECOND < phase.end_ns
        ]
        published, deliver, lag, late = (
            self.ledger.measured(name, judged)
            for name in ("publish", "deliver", "client_lag", "publisher_late")
        )
        return PhaseEvidence(
            phase.name,
            phase.subscribers,
            max(live, default=None),
            self._offered(phase),
            published.n,
            deliver.quantile(990) or 0,
            lag.quantile(990) or 0,
            late.quantile(990) or 0,
        )

    def _series(self) -> dict[str, Any]:
        """By second of the wall clock; a delivery counts when it arrived, a colour when its probe was due."""
        ledger, first = self.ledger, self.plan.begin_ns // SECOND
        samples = [sample for sample in _every_second(ledger.samples) if sample.second >= first]
        seconds = [sample.second for sample in samples]
        counted = ("deliveries", "published", "lost", "disconnects", "conn_ok")
        return {
            "step_s": 1,
            "t0": moment(self.plan.begin_ns),
            "t": [second - first for second in seconds],
            "subs": [sample.live for sample in samples],
            **{what: [ledger.seconds[second, what] for second in seconds] for what in counted},
            "client_cpu": [round(sample.cpu_percent, 1) for sample in samples],
            "server_cpu": _known([sample.server_cpu_percent for sample in samples]),
            "server_rss_mb": _known([sample.server_rss_mb for sample in samples]),
            "heat": {
                "bits": HEAT_BITS,
                "rows": [ledger.heat.get(second, Histogram()).pairs(HEAT_BITS) for second in seconds],
            },
        }

    def _events(self) -> dict[str, Any]:
        """[source, seq, subscribers reached, µs to the first, µs to the last]."""
        arrivals = self.ledger.arrivals
        every = max(1, -(-len(arrivals) // MOST_ROWS))
        rows = [
            [source, seq, probe.n, probe.first_us, probe.last_us]
            for (source, seq), probe in sorted(arrivals.items())
            if seq % every == 0
        ]
        return {"sampled": every, "rows": rows}


def moment(ns: int) -> str:
    """A time of the wall clock as ISO 8601, in UTC."""
    return datetime.fromtimestamp(ns / SECOND, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _windows(phases: Sequence[Phase]) -> list[Window]:
    return [Window(phase.id, judged) for phase in phases for judged in (False, True)]


def _rate(n: int, seconds: float) -> float | None:
    return round(n / seconds, 3) if seconds else None


def _every_second(samples: Sequence[Sample]) -> list[Sample]:
    """Samples without holes: what was not looked at stayed as it was."""
    found: list[Sample] = []
    for sample in samples:
        while found and found[-1].second + 1 < sample.second:
            found.append(found[-1]._replace(second=found[-1].second + 1))
        found.append(sample)
    return found


def _known(values: Sequence[float | None]) -> list[float]:
    """Empty where nothing was sampled; a server that has ended uses nothing."""
    return [round(value or 0.0, 1) for value in values] if any(value is not None for value in values) else []
