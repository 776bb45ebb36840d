"""The scenarios: what each asks of a server, with defaults that options override. Reads no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from loadtests._plan import Phase, Plan, Step
from loadtests._timetable import Bursts, Even, Joined, Timetable, poisson

__all__ = ["SCENARIOS", "Scenario"]

MOST_STEPS = 24  # of a search: from 1 to 100 000 by halves, and down to 5 % again
DAY = 86_400.0
BURST = "burst:"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Subscribers, level by level, under probes at one rate after the other.

    `windows` is how often a level is held in a row, each time with figures of its own; `payload` the least
    length of a probe in bytes; `jitter` the seconds that a reconnect policy of that name spreads over;
    `slow_pct` the readers that stall, and as many that trickle, per hundred good ones; `lifetime` the mean
    seconds that a subscription lasts (0: as long as the run). A `search` goes on from the last level by
    itself; an `open_end` leaves number of subscribers and end to the user. Where it `saturates`, a probe that
    the server does not take is a result and no fault of the run.
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
    storms: bool = False
    search: bool = False
    open_end: bool = False
    saturates: bool = False

    def steps(self) -> tuple[Step, ...]:
        """In order; the levels of a search beyond its first are not known yet."""
        return tuple(self._steps())

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
        parts = []
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
            for number in range(MOST_STEPS):
                yield Step(f"step {number + 1}", first, rate, self.settle, self.hold)
        elif self.storms:
            yield Step("before", first, rate, self.settle, self.hold)
            for policy in self.reconnect:
                yield Step(policy, first, rate, self.settle, self.hold, storm=True, reconnect=policy)
        elif self.slow_pct:
            slow = 2 * max(1, round(first * self.slow_pct / 100))
            yield Step("without", first, rate, self.settle, self.hold, reconnect=self.reconnect[0])
            yield Step("with", first + slow, rate, self.settle, self.hold, False, self.reconnect[0], slow)
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


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            *("smoke", "does it work at all?"),
            *((50,), 2, 15, (5,)),
            slo=("loss.lost==0", "deliver.p99<=250ms"),
        ),
        Scenario(
            *("fanout", "how does latency grow with subscribers?"),
            *((100, 250, 500, 1000, 2000), 10, 30, (10,)),
        ),
        Scenario(
            *("capacity", "how many subscribers does it serve within the objectives?"),
            *((100,), 5, 15, (10,)),
            slo=("deliver.p99<=250ms", "loss.silent==0"),
            search=True,
        ),
        Scenario(
            *("ingest", "how many events a second does it take?"),
            *((50,), 3, 15, (10, 50, 100, 250, 500, 1000, 2000)),
            saturates=True,
        ),
        Scenario(
            *("burst", "what do many events at once do to latency and order?"),
            *((1000,), 10, 60, (40,)),
            slo=("loss.silent==0", "loss.late==0"),
            schedule="burst:200",
        ),
        Scenario(
            *("storm", "what happens when everybody loses the stream, and comes back?"),
            *((1000,), 10, 30, (10,)),
            slo=("loss.silent==0", "resume.gap==0"),
            reconnect=("immediate", "jitter", "retry"),
            storms=True,
        ),
        Scenario(
            *("churn", "does it stand subscribers that come and go?"),
            *((1000,), 10, 60, (10,)),
            windows=5,
            lifetime=10,
        ),
        Scenario(
            *("slow", "do readers that stall or trickle harm the others?"),
            *((200,), 10, 30, (10,)),
            slo=("loss.silent==0", "slow.p99_ratio<=3"),
            payload=32_768,
            slow_pct=5,
        ),
        Scenario(
            *("soak", "does it get slower, or grow, over hours?"),
            *((500,), 60, 7200, (5,)),
        ),
        Scenario(
            *("topics", "does everybody get their own topic's events, and only those?"),
            *((1000,), 10, 30, (50,)),
            slo=("loss.silent==0", "topics.leak==0"),
            topics=20,
        ),
        Scenario(
            *("fleet", "what does the traffic of a real fleet of devices do to it?"),
            *((100, 500, 1000), 10, 30, (0,)),
            fleet="factory",
        ),
        Scenario(
            *("free", "whatever you try: the number of users is yours, in the web interface"),
            *((1,), 0, DAY, (10,)),
            slo=(),
            open_end=True,
        ),
    )
}
