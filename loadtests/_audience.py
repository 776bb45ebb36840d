"""All subscribers of one process, what they share, and what they count together. Opens no stream."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import NamedTuple, Protocol

from gevent.event import Event

from loadtests._accounting import Track
from loadtests._arrivals import Arrivals
from loadtests._blocks import BlockReader
from loadtests._endpoint import Endpoint
from loadtests._origin import Origins
from loadtests._plan import SECOND, Plan, Window
from loadtests._probe import Probe, topic_name, topic_number
from loadtests._pump import Pump
from loadtests._scenario import Scenario
from loadtests._schedule import Schedule
from loadtests._server import Server
from loadtests._shares import Shares
from loadtests._stream import Current
from loadtests._tally import OUTSIDE, Delivery, HistogramKey, Published, Tally

__all__ = ["Audience", "Member"]


class Member(Protocol):
    """A subscriber, as its audience sees it."""

    tracks: tuple[Track, ...]

    @property
    def live(self) -> bool: ...
    def cut(self) -> None: ...
    def close(self) -> None: ...


class Left(NamedTuple):
    """What somebody who has left had of a source, up to `final`; something was missing."""

    track: Track
    final: int


Windows = dict[int, range]  # by phase: the numbers that are due in it


@dataclass(slots=True)
class Audience:
    """`sources` number the probes of this run; each is expected by whoever was subscribed to its topic."""

    run: str
    plan: Plan
    sources: Mapping[str, Schedule]
    server: Server
    scenario: Scenario
    pump: Pump
    kernel_stamps: bool
    random: Random
    origins: Origins = field(default_factory=Origins)
    current: Current = field(default_factory=Current)
    localize: Callable[[Probe], Probe] = lambda probe: probe  # into stamps of our clock
    foreign: Collection[str] = ()  # sources with another clock, known within a bound
    tally: Tally = field(default_factory=Tally)
    blocks: BlockReader = field(init=False)
    members: set[Member] = field(default_factory=set)
    entered: int = 0  # subscribers that ever had a stream
    live: int = 0
    heard_ns: int = 0  # when a probe was last read
    over: Event = field(default_factory=Event)
    signal: str = field(init=False)  # the type of an event that owns up to a gap
    _arrivals: dict[Probe, Arrivals] = field(default_factory=dict)
    _shares: dict[int, Shares] = field(default_factory=dict)
    _left: list[Left] = field(default_factory=list)
    _windows: dict[str, Windows] = field(init=False)
    _topics: dict[str, dict[str, Schedule]] = field(default_factory=lambda: defaultdict(dict))
    _names: list[str] = field(init=False)
    _interest: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.blocks = BlockReader(self._find)
        self.signal = self.server.recipe.signal
        self._windows = self._numbered(self.plan)
        for source, schedule in self.sources.items():
            self._topics[schedule.topic][source] = schedule
        self._names = [topic_name(self.run, rank) for rank in range(self.scenario.topics)]
        self._interest = [
            *accumulate((1 + rank) ** -self.scenario.zipf for rank in range(self.scenario.topics))
        ]

    def _find(self, data: str) -> Probe | None:
        probe = self.server.recipe.find(data)
        return probe and self.localize(probe)

    @property
    def endpoint(self) -> Endpoint:
        """Where streams are opened."""
        return self.server.streams

    def draw_topic(self) -> str:
        """One that a new subscriber is interested in: few topics have most of them (Zipf)."""
        (rank,) = self.random.choices(range(self.scenario.topics), cum_weights=self._interest)
        return self._names[rank]

    def tracks(self, topic: str, since_ns: int) -> tuple[Track, ...]:
        """What a subscriber of a topic expects from then on, by source."""
        topics = self._topics[topic].items()
        return tuple(Track(source, schedule.first_from(since_ns)) for source, schedule in topics)

    def cut(self) -> None:
        """All streams at once."""
        for member in list(self.members):
            member.cut()

    def part(self, tracks: Iterable[Track], until_ns: int) -> None:
        """Somebody leaves for good, who may expect what was due by then and nothing that is on its way."""
        for track in tracks:
            final = min(track.last, self.sources[track.source].first_from(until_ns) - 1)
            if track.whole_until(final):
                for phase, loss in track.losses(final, self._windows[track.source]).items():
                    self.tally.losses[phase] += loss
            else:
                self._left.append(Left(track, final))

    def count(self) -> Iterator[None]:
        """Count what was noted, one probe after the other, so that others may work in between."""
        for arrivals in list(self._arrivals.values()):
            arrivals.count()
            yield

    def take(self) -> Tally:
        """What was counted since the last call, and what was noted."""
        for _ in self.count():
            pass
        self._arrivals.clear()
        taken, self.tally = self.tally, Tally()
        if self.scenario.topics > 1:
            for (source, _), delivery in taken.deliveries.items():
                if source in self.foreign:
                    continue
                topic = topic_number(self.sources[source].topic)
                taken.histograms[HistogramKey(delivery.window, f"topic {topic}")].merge(delivery.deliver)
        return taken

    def enter(self) -> int:
        """The place of a new subscriber in the order of those who got a stream."""
        for shares in self._shares.values():
            shares.enter()
        self.entered += 1
        return self.entered - 1

    def arrivals(self, probe: Probe) -> Arrivals:
        """Where to note that it came."""
        known = self._arrivals.get(probe)
        return self._first(probe) if known is None else known

    def _first(self, probe: Probe) -> Arrivals:
        window = self.window_at(probe.intended_ns)
        shares = None
        if window is not None and window.judged and probe.source not in self.foreign:
            shares = self._shares.setdefault(window.phase, Shares(self.entered))
        key, second = (probe.source, probe.seq), probe.intended_ns // SECOND
        delivery = self.tally.deliveries.setdefault(key, Delivery(window, second))
        found = self._arrivals[probe] = Arrivals(probe, delivery, shares, self.tally)
        return found

    def window_at(self, ns: int) -> Window | None:
        return self.plan.window_at(ns)

    def phase_of(self, ns: int) -> int:
        phase = self.plan.phase_at(ns)
        return phase.id if phase else OUTSIDE

    def noticed(self, probe: Probe, what: str) -> None:
        """Something that a probe was, when it came: counted by when it was due."""
        self.tally.counts[self.phase_of(probe.intended_ns), what] += 1
        self.tally.seconds[probe.intended_ns // SECOND, what] += 1

    def took(self, metric: str, since_ns: int, ns: int) -> None:
        """Something that began at `since_ns` was done at `ns`."""
        key = HistogramKey(self.window_at(since_ns), metric)
        self.tally.histograms[key].add((ns - since_ns) // 1000)

    def whole(self, published: Mapping[str, Published]) -> bool:
        """Every subscriber has every probe that it may expect."""
        return all(
            track.whole_until(published[track.source].final)
            for member in self.members
            for track in member.tracks
        )

    def close(self, plan: Plan, published: Mapping[str, Published]) -> None:
        """Account for what each subscriber missed of `plan`, as far as it was carried out; then all leave."""
        self._windows = self._numbered(plan)
        for track, final in self._left:
            self._account(track, plan, published[track.source]._replace(final=final))
        for member in list(self.members):
            for track in member.tracks:
                self._account(track, plan, published[track.source])
            member.close()
        for phase, shares in self._shares.items():
            self.tally.shares[phase].extend(shares.rows())
        self.over.set()

    def _account(self, track: Track, plan: Plan, published: Published) -> None:
        final, unconfirmed = published
        losses = track.losses(final, self._windows[track.source], unconfirmed)
        for phase, loss in losses.items():
            self.tally.losses[phase] += loss
        if any(loss.lost for loss in losses.values()):
            schedule = self.sources[track.source]
            seconds = {
                second: schedule.seqs(second * SECOND, (second + 1) * SECOND)
                for second in range(plan.begin_ns // SECOND, plan.end_ns // SECOND + 1)
            }
            for second, loss in track.losses(final, seconds, unconfirmed).items():
                self.tally.seconds[second, "lost"] += loss.lost
                self.tally.seconds[second, "silent"] += loss.silent

    def _numbered(self, plan: Plan) -> dict[str, Windows]:
        return {
            source: {phase.id: schedule.seqs(phase.begin_ns, phase.end_ns) for phase in plan.phases}
            for source, schedule in self.sources.items()
        }
