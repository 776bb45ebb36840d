"""The result file, `eventbahn-load/1`: what a run counted as one document. Measures and prints nothing."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from loadtests._accounting import Loss
from loadtests._comeback import comeback
from loadtests._fairness import fairness
from loadtests._health import PhaseEvidence
from loadtests._histogram import BITS, HEAT_BITS, Histogram
from loadtests._ledger import Ledger, Sample
from loadtests._plan import SECOND, Phase, Plan, Window
from loadtests._schedule import Schedule
from loadtests._watch import CPU_PERCENT, RSS_MB

__all__ = ["SCHEMA", "Books", "moment"]

SCHEMA = "eventbahn-load/1"
JUDGED = ("deliver", "deliver_sent", "deliver_xdom", "publish", "publisher_late", "client_lag", "replay")
WHOLE = ("connect", "first_event", "reconnect", "catchup")  # also while a phase settles
ANSWERS = ("429", "4xx", "5xx", "other", "none", "unsent")
COUNTED = ("deliveries", "published", "lost", "silent", "dup", "late", "replayed", "disconnects", "conn_ok")
MOST_ROWS = 5_000  # probes; beyond it every k-th is listed


class Second(NamedTuple):
    """All generators at the end of one second: streams that were open, CPU of the busiest of them."""

    number: int
    live: int
    cpu_percent: float


@dataclass(frozen=True, slots=True)
class Books:
    """A run that is over: what was planned, as far as it was carried out, and what came of it."""

    plan: Plan
    schedules: Mapping[str, Schedule]
    ledger: Ledger
    server: Mapping[int, Mapping[str, float]]  # what it was seen to do, by second and name

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
            **self._told(self.plan.phases, histograms),
        }

    def evidence(self) -> list[PhaseEvidence]:
        """What each phase says about the generator."""
        return [self._evidence(phase) for phase in self.plan.phases]

    def most_live(self) -> int:
        """The most streams that were open at once."""
        return max((second.live for second in self._seconds()), default=0)

    def cpu_percent(self, worker: int) -> list[float]:
        """A generator's CPU in judged seconds."""
        return [
            sample.cpu_percent
            for sample in self.ledger.samples
            if sample.worker == worker
            and (window := self.plan.window_at(sample.second * SECOND)) is not None
            and window.judged
        ]

    def rss_mb(self, worker: int) -> int:
        """The most memory that a generator had."""
        return round(max((each.rss_mb for each in self.ledger.samples if each.worker == worker), default=0))

    def _histograms(self, windows: Sequence[Window]) -> dict[str, Histogram]:
        judged = [window for window in windows if window.judged]
        last, spread = self.ledger.fan_out(judged)
        return {
            **{name: self.ledger.measured(name, judged) for name in JUDGED},
            **{name: self.ledger.measured(name, windows) for name in WHOLE},
            "last_subscriber": last,
            "last_subscriber_xdom": self.ledger.last_xdom(judged),
            "spread": spread,
            "drain": self._drained(judged),
        }

    def _drained(self, judged: Sequence[Window]) -> Histogram:
        """Of every burst: the time until the last subscriber had the last of its probes."""
        if self._at_once < 2:
            return Histogram()
        found: dict[int, int] = {}
        for (source, seq), probe in self.ledger.arrivals.items():
            if probe.window in judged:
                moment = self.schedules[source].intended_ns(seq)
                found[moment] = max(found.get(moment, 0), probe.last_us)
        return Histogram(found.values())

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
            **self._told([phase], histograms),
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

    def _told(self, phases: Sequence[Phase], histograms: Mapping[str, Histogram]) -> dict[str, Any]:
        """What happened to streams, and what the server said to probes, besides yes."""
        counts, ids = self.ledger.counts, [phase.id for phase in phases]
        return {
            "resume": comeback(counts, ids, histograms["reconnect"], histograms["catchup"]),
            "answers": {kind: sum(counts[phase, f"publish_{kind}"] for phase in ids) for kind in ANSWERS},
            "churn": {what: sum(counts[phase, what] for phase in ids) for what in ("left", "abandoned")},
        }

    def _evidence(self, phase: Phase) -> PhaseEvidence:
        judged = [Window(phase.id, judged=True)]
        live = [
            second.live
            for second in self._seconds()
            if phase.judged_ns <= second.number * SECOND < phase.end_ns
        ]
        published, deliver, away, lag, late = (
            self.ledger.measured(name, judged)
            for name in ("publish", "deliver", "deliver_xdom", "client_lag", "publisher_late")
        )
        deliver.merge(away)
        return PhaseEvidence(
            phase.name,
            phase.subscribers - phase.step.slow,
            max(live, default=None),
            self._offered(phase),
            published.n,
            deliver.quantile(990) or 0,
            lag.quantile(990) or 0,
            late.quantile(990) or 0,
            self._at_once,
        )

    @property
    def _at_once(self) -> int:
        """How many probes are due at the first instant, as at all others of a burst."""
        timetable = next(iter(self.schedules.values())).timetable
        return bisect_right(timetable, timetable[0]) if timetable else 0

    def _series(self) -> dict[str, Any]:
        """By second of the wall clock; a delivery counts when it arrived, a colour when its probe was due.

        The seconds of a worker with another clock are laid to the nearest of ours.
        """
        ledger, first = self.ledger, self.plan.begin_ns // SECOND
        found = [second for second in self._seconds() if second.number >= first]
        seconds = [second.number for second in found]
        return {
            "step_s": 1,
            "t0": moment(self.plan.begin_ns),
            "t": [second - first for second in seconds],
            "subs": [second.live for second in found],
            **{what: [ledger.seconds[second, what] for second in seconds] for what in COUNTED},
            "client_cpu": [round(second.cpu_percent, 1) for second in found],
            "server_cpu": self._server(CPU_PERCENT, seconds),
            "server_rss_mb": self._server(RSS_MB, seconds),
            "server": {name: self._server(name, seconds) for name in self._server_metrics()},
            "heat": {
                "bits": HEAT_BITS,
                "rows": [ledger.heat.get(second, Histogram()).pairs(HEAT_BITS) for second in seconds],
            },
        }

    def _seconds(self) -> list["Second"]:
        """All workers together, without holes: who was not looked at stayed as it was."""
        by_worker: defaultdict[int, dict[int, Sample]] = defaultdict(dict)
        for sample in self.ledger.samples:
            by_worker[sample.worker][sample.second] = sample
        numbers = [sample.second for sample in self.ledger.samples]
        found: list[Second] = []
        latest: dict[int, Sample] = {}
        for number in range(min(numbers, default=0), max(numbers, default=-1) + 1):
            latest |= {worker: rows[number] for worker, rows in by_worker.items() if number in rows}
            live = sum(sample.live for sample in latest.values())
            busiest = max((sample.cpu_percent for sample in latest.values()), default=0.0)
            found.append(Second(number, live, busiest))
        return found

    def _server_metrics(self) -> list[str]:
        names = {name for figures in self.server.values() for name in figures}
        return sorted(names - {CPU_PERCENT, RSS_MB})

    def _server(self, name: str, seconds: Sequence[int]) -> list[float]:
        """Empty where it was never seen; in a second in which it was not, it stayed as it was."""
        found = [self.server.get(second, {}).get(name) for second in seconds]
        latest = next((value for value in found if value is not None), None)
        if latest is None:
            return []
        values = []
        for value in found:
            latest = latest if value is None else value
            values.append(round(latest, 3))
        return values

    def _events(self) -> dict[str, Any]:
        """[source, seq, subscribers reached, µs to the first, µs to the last].

        Times are those of subscribers with the publisher's own clock, where there are any.
        """
        away = self.ledger.arrivals_xdom
        arrivals = away | {
            probe: replace(home, n=home.n + away[probe].n) if probe in away else home
            for probe, home in self.ledger.arrivals.items()
        }
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
