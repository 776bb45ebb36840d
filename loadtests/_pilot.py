"""Decides, while a run lasts, how it goes on: judges each phase once it is over. Measures nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from loadtests._health import (
    ACHIEVED,
    CPU_PERCENT,
    SUBSCRIBERS,
    PhaseEvidence,
    generator_reasons,
    percentile,
)
from loadtests._options import Settings
from loadtests._plan import SECOND, Phase, Plan, Window
from loadtests._result import Books
from loadtests._search import Search
from loadtests._slo import Objective

__all__ = ["Pilot"]

STILL_COMING_NS = SECOND  # at the end of a phase, a probe may not have reached everybody


class Pilot:
    """`lag` seconds after its end, all that is known of a phase has come together."""

    def __init__(self, settings: Settings, lag: float) -> None:
        scenario = settings.scenario
        self.search = Search(scenario.levels[0], scenario.most) if scenario.search else None
        self.aborted: str | None = None
        self.answered: set[str] = set()  # phases of a search whose answer stands, whatever the generator did
        self._saturates, self._mortal = scenario.saturates, scenario.lifetime > 0
        self._steers = scenario.search or settings.abort_on_slo
        self._objectives = settings.objectives
        self._lag_ns = int(lag * SECOND)
        self._judged = 0
        self._gave_out: int | None = None  # at so many subscribers the generator was at its own limit

    def due(self, plan: Plan, now_ns: int) -> Phase | None:
        """A phase that is over and was not judged yet."""
        if not self._steers or self._judged >= len(plan.phases):
            return None
        phase = plan.phases[self._judged]
        return phase if now_ns >= phase.end_ns + self._lag_ns else None

    def level(self, phase: Phase) -> int:
        """Subscribers in this phase; in one of a search that is not decided on yet, as many as before."""
        return self.search.level if self.search else phase.subscribers

    def steer(self, books: Books, phase: Phase, *, kernel_stamps: bool) -> Plan:
        """What is planned now that this phase is over; it may be the last one."""
        self._judged += 1
        alone = replace(books, plan=Plan((phase,)))
        if self.search is None:
            return self._abort(books.plan, phase, alone.whole())
        return self._seek(books.plan, phase, alone, self.search, kernel_stamps)

    def served(self, books: Books) -> Books:
        """The part of a run that objectives speak of: of a search, the level that it found."""
        if self.search is None or not self.search.found:
            return books
        phases = tuple(phase for phase in books.plan.phases if phase.subscribers == self.search.found)
        return replace(books, plan=Plan(phases)) if phases else books

    def accountable(self, phases: Sequence[PhaseEvidence]) -> list[PhaseEvidence]:
        """What a run's validity hangs on: not on what was meant to be too much for the server.

        A level of a search that met its objectives did so with all that the generator added to latencies.
        """
        return [self._excused(phase) for phase in phases if phase.name not in self.answered]

    def _excused(self, phase: PhaseEvidence) -> PhaseEvidence:
        """Without what is a result in this scenario: probes not taken, or lives too short to be let in."""
        achieved = phase.offered if self._saturates else phase.achieved
        return replace(phase, achieved=achieved, reached=None if self._mortal else phase.reached)

    def told(self) -> dict[str, Any]:
        """What goes into the result file."""
        found: dict[str, Any] = {}
        if self.search is not None:
            found["capacity"] = {**self.search.told(), "gave_out": self._gave_out}
        if self.aborted is not None:
            found["aborted"] = self.aborted
        return found

    def _abort(self, plan: Plan, phase: Phase, figures: dict[str, Any]) -> Plan:
        known = [each for each in self._objectives if each.ends_runs]
        missed = _missed(known, phase.name, figures)
        if missed is None:
            return plan
        self.aborted = f"ended after phase {phase.name}: {missed}"
        return plan.cut(phase.end_ns)

    def _seek(self, plan: Plan, phase: Phase, alone: Books, search: Search, kernel_stamps: bool) -> Plan:
        (found,) = alone.evidence()
        evidence = self._excused(found)
        figures = alone.whole() | {"loss": _so_far(alone, phase, evidence.achieved)}
        missed = _not_taken(evidence) or _missed(self._objectives, phase.name, figures)
        if missed is not None and (generator_reasons(evidence, kernel_stamps) or _busy(alone)):
            self._gave_out = phase.subscribers  # nobody knows whose fault it was
            return plan.cut(phase.end_ns)
        self.answered.add(phase.name)
        level = search.judge(missed)
        following = phase.id + 1
        if level is None or following >= len(plan.phases):
            return plan.cut(phase.end_ns)
        return plan.rename(following, str(level), level)


def _not_taken(evidence: PhaseEvidence) -> str | None:
    """Subscribers or probes that the server did not take."""
    if evidence.reached is not None and evidence.reached < SUBSCRIBERS * evidence.subscribers:
        return f"{evidence.reached} of {evidence.subscribers} connected"
    if evidence.achieved < ACHIEVED * evidence.offered:
        return f"{evidence.achieved} of {evidence.offered} probes taken"
    return None


def _busy(books: Books) -> bool:
    workers = {sample.worker for sample in books.ledger.samples}
    return any(percentile(books.cpu_percent(worker), 95) > CPU_PERCENT for worker in workers)


def _missed(objectives: Sequence[Objective], phase: str, figures: dict[str, Any]) -> str | None:
    """The first objective that these figures do not meet, as far as it can be judged already."""
    for objective in objectives:
        if objective.early and objective.phase in {None, phase}:
            row = objective.judge(figures)
            if not row["ok"]:
                us, value = row.get("value_us"), row.get("value")
                return f"{objective.text} was {value if us is None else f'{us / 1000:,.1f} ms'}"
    return None


def _so_far(books: Books, phase: Phase, published: int) -> dict[str, int | None]:
    """What subscribers had by now of the phase's probes; exact accounts come at the end of the run."""
    window, until_ns = Window(phase.id, judged=True), phase.end_ns - STILL_COMING_NS
    arrived = {key: probe for key, probe in books.ledger.reached().items() if probe.window == window}
    lost = max(0, published - len(arrived)) * phase.subscribers  # that nobody had at all
    for (source, seq), probe in arrived.items():
        if books.schedules[source].intended_ns(seq) < until_ns:
            lost += max(0, phase.subscribers - probe.n)
    return dict.fromkeys(("expected", "announced", "dup", "late", "history")) | {"lost": lost, "silent": lost}
