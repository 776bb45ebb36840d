"""What happens when: steps of a scenario, laid end to end from some instant on. Reads no clock."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

__all__ = ["SECOND", "Phase", "Plan", "Step", "Window"]

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """So many subscribers under `rate` probes a second: `settle` seconds that don't count, `hold` that do.

    At the end of settling, a `storm` cuts every stream. Whoever loses a stream comes back by the policy
    `reconnect`. `slow` are the readers, among the subscribers, that do not keep up.
    """

    name: str
    subscribers: int
    rate: float
    settle: float
    hold: float
    storm: bool = False
    reconnect: str = "retry"
    slow: int = 0


class Window(NamedTuple):
    """The part of a phase that an instant lies in; `judged` is false while the phase settles."""

    phase: int
    judged: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """A step in time. What is due from `begin` on is recorded, what is due from `judged` on counts too."""

    id: int
    step: Step
    begin_ns: int
    judged_ns: int
    end_ns: int

    @property
    def name(self) -> str:
        return self.step.name

    @property
    def subscribers(self) -> int:
        return self.step.subscribers


@dataclass(frozen=True, slots=True)
class Plan:
    """The phases of a run, end to end."""

    phases: tuple[Phase, ...]

    @classmethod
    def of(cls, steps: Sequence[Step], begin_ns: int) -> "Plan":
        phases = []
        for number, step in enumerate(steps):
            judged_ns = begin_ns + int(step.settle * SECOND)
            end_ns = judged_ns + int(step.hold * SECOND)
            phases.append(Phase(number, step, begin_ns, judged_ns, end_ns))
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

    def rename(self, phase: int, name: str, subscribers: int) -> "Plan":
        """The same with another level at that phase: a search decides on its levels one by one."""
        changed = self.phases[phase]
        changed = replace(changed, step=replace(changed.step, name=name, subscribers=subscribers))
        return Plan((*self.phases[:phase], changed, *self.phases[phase + 1 :]))
