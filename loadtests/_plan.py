"""What a run does and when: scenarios, and the phases that follow from them. Reads no clock."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import NamedTuple

__all__ = ["SCENARIOS", "Phase", "Plan", "Scenario", "Window"]

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Scenario:
    """Levels of subscribers, each `settle` + `hold` seconds long, under `pub_rate` probes a second in all."""

    name: str
    levels: tuple[int, ...]
    settle: float
    hold: float
    pub_rate: float
    slo: tuple[str, ...]


SCENARIOS = {
    "smoke": Scenario("smoke", (50,), 2, 15, 5, ("loss.lost==0", "deliver.p99<=250ms")),
    "fanout": Scenario("fanout", (100, 250, 500, 1000, 2000), 10, 30, 10, ("loss.silent==0",)),
}


class Window(NamedTuple):
    """The part of a phase that an instant lies in; `judged` is false while the phase settles."""

    phase: int
    judged: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """One level. What is due in [begin, judged) is recorded, what is due in [judged, end) is judged too."""

    id: int
    name: str
    subscribers: int
    begin_ns: int
    judged_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The phases of a run, end to end."""

    phases: tuple[Phase, ...]

    @classmethod
    def of(cls, scenario: Scenario, begin_ns: int) -> "Plan":
        phases = []
        for number, level in enumerate(scenario.levels):
            judged_ns = begin_ns + int(scenario.settle * SECOND)
            end_ns = judged_ns + int(scenario.hold * SECOND)
            phases.append(Phase(number, str(level), level, begin_ns, judged_ns, end_ns))
            begin_ns = end_ns
        return cls(tuple(phases))

    @property
    def begin_ns(self) -> int:
        return self.phases[0].begin_ns

    @property
    def end_ns(self) -> int:
        return self.phases[-1].end_ns

    def phase_at(self, ns: int) -> Phase | None:
        """The phase that `ns` lies in."""
        if not self.begin_ns <= ns < self.end_ns:
            return None
        return self.phases[bisect_right(self.phases, ns, key=lambda phase: phase.begin_ns) - 1]

    def window_at(self, ns: int) -> Window | None:
        """The phase that `ns` lies in, and whether it counts."""
        phase = self.phase_at(ns)
        return Window(phase.id, ns >= phase.judged_ns) if phase else None

    def cut(self, ns: int) -> "Plan":
        """What is left of the plan when the run is stopped at `ns`; at least the first phase's beginning."""
        begun = [phase for phase in self.phases if phase.begin_ns < ns] or [self.phases[0]]
        last = begun[-1]
        end_ns = min(last.end_ns, max(ns, last.begin_ns))
        begun[-1] = replace(last, judged_ns=min(last.judged_ns, end_ns), end_ns=end_ns)
        return Plan(tuple(begun))
