"""All subscribers of one process, what they share, and what they count together. Opens no stream."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, Protocol

from loadtests._accounting import Track
from loadtests._blocks import BlockReader
from loadtests._endpoint import Endpoint
from loadtests._plan import Plan, Window
from loadtests._pump import Pump
from loadtests._schedule import Schedule
from loadtests._tally import HistogramKey, Tally

__all__ = ["OUTSIDE", "Audience", "Member", "Published"]

OUTSIDE = -1  # the phase of whatever lies outside of the plan
SECOND = 1_000_000_000


class Member(Protocol):
    """A subscriber, as its audience sees it."""

    tracks: dict[str, Track]

    @property
    def live(self) -> bool: ...
    def close(self) -> None: ...


class Published(NamedTuple):
    """What a source published in the end: its last number, and the numbers that nobody acknowledged."""

    final: int
    unconfirmed: Collection[int] = ()


@dataclass(slots=True)
class Audience:
    """`sources` are the publishers of this run, whose every probe is expected by whoever was subscribed."""

    run: str
    plan: Plan
    sources: Mapping[str, Schedule]
    endpoint: Endpoint
    pump: Pump
    kernel_stamps: bool
    random: Random
    tally: Tally = field(default_factory=Tally)
    blocks: BlockReader = field(default_factory=BlockReader)
    members: set[Member] = field(default_factory=set)
    opened: int = 0  # numbers the subscribers in the order they got their stream
    live: int = 0
    heard_ns: int = 0  # when a probe was last read

    def take(self) -> Tally:
        """What was counted since the last call."""
        taken, self.tally = self.tally, Tally()
        return taken

    def window_at(self, ns: int) -> Window | None:
        return self.plan.window_at(ns)

    def phase_of(self, ns: int) -> int:
        phase = self.plan.phase_at(ns)
        return phase.id if phase else OUTSIDE

    def took(self, metric: str, since_ns: int, ns: int) -> None:
        """Something that began at `since_ns` was done at `ns`."""
        key = HistogramKey(self.window_at(since_ns), metric)
        self.tally.histograms[key].add((ns - since_ns) // 1000)

    def whole(self, published: Mapping[str, Published]) -> bool:
        """Every subscriber has every probe that it may expect."""
        return all(
            track.whole_until(published[source].final)
            for member in self.members
            for source, track in member.tracks.items()
        )

    def close(self, plan: Plan, published: Mapping[str, Published]) -> None:
        """Account for what each subscriber missed of `plan`, as far as it was carried out; then all leave."""
        for member in list(self.members):
            for source, track in member.tracks.items():
                self._account(track, plan, self.sources[source], published[source])
            member.close()

    def _account(self, track: Track, plan: Plan, schedule: Schedule, published: Published) -> None:
        final, unconfirmed = published
        phases = {phase.id: schedule.seqs(phase.begin_ns, phase.end_ns) for phase in plan.phases}
        losses = track.losses(final, phases, unconfirmed)
        for phase, loss in losses.items():
            self.tally.losses[phase] += loss
        if any(loss.lost for loss in losses.values()):
            seconds = {
                second: schedule.seqs(second * SECOND, (second + 1) * SECOND)
                for second in range(plan.begin_ns // SECOND, plan.end_ns // SECOND + 1)
            }
            for second, loss in track.losses(final, seconds, unconfirmed).items():
                self.tally.seconds[second, "lost"] += loss.lost
