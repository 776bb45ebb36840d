"""A scenario: who subscribes, what is published, and how a run goes on from there. Reads no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from loadtests._plan import Phase, Plan, Step
from loadtests._timetable import Bursts, Even, Joined, Timetable, poisson

__all__ = ["DAY", "MOST_STEPS", "Scenario"]

MOST_STEPS = 32  # of a search: from 1 up to 100 000 by halves, and then to 5 % of it
DAY = 86_400.0
AFTER_SECONDS = 5.0  # for slow readers to read what there is
BURST = "burst:"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Subscribers, level by level, under probes at one rate after the other.

    `windows` is how often a level is held in a row, each time with figures of its own; `payload` the least
    length of a probe in bytes; `jitter` the seconds that a reconnect policy of that name spreads over;
    `slow_pct` the readers that stall, and as many that trickle, per hundred good ones; `lifetime` the mean
    seconds that a subscription lasts (0: as long as the run). Of one that `drifts`, slopes are wanted. A
    `search` goes on from its first level by itself, up to `most`; an `open_end` leaves the number of
    subscribers and the end to the user. Where it `saturates`, a probe that the server does not take is a
    result and no fault of the run.
    """

    name: str
    question: str
    levels: tuple[int, ...]
    settle: float
    hold: float
    rates: tuple[float, ...]
    slo: tuple[str, ...] = ("loss.silent==0",)
    windows: int = 1
    schedule: str = "constant"
    payload: int = 0
    reconnect: tuple[str, ...] = ("retry",)
    jitter: float = 5.0
    slow_pct: float = 0.0
    lifetime: float = 0.0
    topics: int = 1
    zipf: float = 1.0
    fleet: str = ""
    most: int = 10_000
    drifts: bool = False
    storms: bool = False
    search: bool = False
    open_end: bool = False
    saturates: bool = False

    def steps(self) -> tuple[Step, ...]:
        """In order; the levels of a search beyond its first are not known yet."""
        return tuple(self._steps())

    @property
    def most_subscribers(self) -> int:
        """At once, as far as it is known beforehand."""
        return self.most if self.search else max(step.subscribers for step in self.steps())

    @property
    def finds(self) -> set[str]:
        """What it finds out by comparing phases, as objectives and the result file call it."""
        found = {"capacity": self.search, "slow": self.slow_pct > 0, "topics": self.topics > 1}
        return {name for name, so in {**found, "drift": self.drifts}.items() if so}

    def outline(self) -> str:
        """Its defaults, on a line."""
        if self.open_end:
            return "until you stop it"
        told = [
            f"{', '.join(map(str, self.levels))} subscribers",
            f"{self.settle:g} + {self.hold:g} s each",
            f"{', '.join(f'{rate:g}' for rate in self.rates)} probes/s" if not self.fleet else self.fleet,
        ]
        return "; ".join([", ".join(told), *self.slo])

    def timetable(self, plan: Plan, seed: int) -> Timetable:
        """When probes are due, each stretch of the same rate in one piece."""
        parts: list[Timetable] = []
        for rate, phases in groupby(plan.phases, key=_rate):
            first, *others = phases
            begin_ns, end_ns = first.begin_ns, (others[-1] if others else first).end_ns
            if self.schedule.startswith(BURST):
                size = int(self.schedule.removeprefix(BURST))
                parts.append(Bursts(begin_ns, end_ns, size, size / rate))
            elif self.schedule == "poisson":
                parts.append(poisson(begin_ns, end_ns, rate, seed))
            else:
                parts.append(Even(begin_ns, end_ns, rate))
        return Joined(parts)

    def _steps(self) -> Iterator[Step]:
        first, rate = self.levels[0], self.rates[0]
        if self.open_end:
            yield Step("free", 0, rate, 0, DAY, reconnect=self.reconnect[0])
        elif self.search:
            yield Step(str(first), first, rate, self.settle, self.hold, reconnect=self.reconnect[0])
            for number in range(2, MOST_STEPS + 1):
                name = f"step {number}"  # until its level is known
                yield Step(name, first, rate, self.settle, self.hold, reconnect=self.reconnect[0])
        elif self.storms:
            yield Step("before", first, rate, self.settle, self.hold)
            for policy in self.reconnect:
                yield Step(policy, first, rate, self.settle, self.hold, storm=True, reconnect=policy)
        elif self.slow_pct:
            slow = 2 * max(1, round(first * self.slow_pct / 100))
            yield Step("without", first, rate, self.settle, self.hold, reconnect=self.reconnect[0])
            yield Step("with", first + slow, rate, self.settle, self.hold, False, self.reconnect[0], slow)
            yield Step("after", first + slow, rate, 0, AFTER_SECONDS, False, self.reconnect[0], slow)
        else:
            yield from self._ladder()

    def _ladder(self) -> Iterator[Step]:
        """Every level at every rate, in so many windows, of which the first settles."""
        for level in self.levels:
            for rate in self.rates:
                name = str(level) if len(self.rates) == 1 else f"{rate:g}/s"
                name = f"{level} at {name}" if len(self.levels) > 1 < len(self.rates) else name
                for number in range(self.windows):
                    told = f"{name} #{number + 1}" if self.windows > 1 else name
                    settle = 0 if number else self.settle
                    yield Step(told, level, rate, settle, self.hold, reconnect=self.reconnect[0])


def _rate(phase: Phase) -> float:
    return phase.step.rate
