"""One run of a fleet: groups make rows as simulated time allows, the sink delivers, the truth is told."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .births import births_of
from .clock import LONGEST_TICK, Clock
from .config import Config
from .faults import Fault
from .holdings import Holdings
from .injection import begin_of, with_faults
from .keeper import Keeper
from .line import Line
from .line_file import UnwritableError
from .plan import Span
from .seek import group_after
from .sink import Sink
from .state import State, state_path
from .stop import Stop
from .tables import ConfigError
from .tally import Tally
from .truth import Truth
from .watermarks import Watermarks

__all__ = ["FleetRun"]

SLICE = 60_000  # simulated ms that one group may be ahead of another
SHORTEST_NAP, LONGEST_NAP = 0.025, 0.25  # seconds between two looks at what is due
NAPS = 8  # while a batch lingers: what waits for company need not be made sooner
GRACE = 5.0  # seconds to deliver what is queued when a file cannot be written
BEFORE_ALL = 0  # a position by which nothing was due


class FleetRun:
    """A run over `span`, at `position` (simulated ms UTC) now. Its files are `folder`/`label`.…

    It goes on where `state` says that an earlier one has ended, or with what a receiver has not (`holdings`).
    """

    def __init__(
        self,
        config: Config,
        span: Span,
        folder: Path,
        label: str,
        say: Callable[[str], None],
        *,
        state: State | None = None,
        holdings: Holdings | None = None,
    ) -> None:
        self.config, self.span = config, span
        self.truth_path = folder / f"{label}.truth.csv"
        self.rejects_path = folder / f"{label}.rejected.ndjson"
        self.tally = Tally()
        self.clock: Clock | None = None
        self.sink: Sink | None = None
        self.truth: Truth | None = None
        self.held = 0
        self._made = False
        self.complete = state is not None and state.complete  # all was made and settled
        self._say = say
        names = [name for plan in config.groups for name in plan.ids]
        begin = state.position if state else BEFORE_ALL
        self._marks = Watermarks(names, begin, state.watermarks if state else {}, holdings)
        self.resumed = state is not None or holdings is not None
        self._injected = state.faults if state else ()
        self._before = BEFORE_ALL  # an earlier run has made nothing that is measured later
        if state:
            self._before = state.reached
        elif holdings:
            self._before = holdings.reached(config.groups, span.origin)
        self._injecting = asyncio.Lock()
        self.keeper = Keeper(state_path(folder, label), self._state, say)
        self.position = self._reached = max(begin, span.origin)
        self.phase = "backfill" if self.position < span.start else "live"
        self._lines: list[Line] = []

    @property
    def name(self) -> str:
        """As the configuration has it."""
        return self.config.run.name

    @property
    def share(self) -> float | None:
        """How much of its simulated time is over; None if it has no end."""
        if self.span.end is None:
            return None
        return min(1.0, (self.position - self.span.origin) / max(1, self.span.end - self.span.origin))

    @property
    def flaw(self) -> str:
        """What is wrong even if all is delivered."""
        return f"{self.keeper.path} cannot be written" if self.keeper.trouble else ""

    @property
    def slipped(self) -> float:
        """Simulated seconds by which the fleet is behind the wall clock, since the receiver or we lag."""
        return self.clock.lost(time.monotonic()) if self.clock else 0.0

    @property
    def faults(self) -> int:
        """How many the truth file tells."""
        return self.truth.count if self.truth else 0

    async def inject(self, table: Mapping[str, Any], where: str) -> Fault:
        """Let a fault befall the fleet from now on, once the state file knows it; raises ConfigError.

        So `--resume` and `verify` make the same messages, however the run ends. What an earlier run has made
        already, a resumed one makes again as it was: there, a fault begins after that.
        """
        async with self._injecting:  # meanwhile nothing goes beyond what is made now
            begin = begin_of(self.config, max(self._reached, self._before), self.span.start)
            if self.span.end is not None and self.span.start + begin >= self.span.end:
                raise ConfigError(f"{where}: the run ends before a fault could begin")
            told = {**table, "at": f"{begin}ms"}
            config, before = with_faults(self.config, [told], where), self._injected
            self._injected = (*before, told)
            if not await self.keeper.write():
                self._injected = before
                raise ConfigError(
                    f"{where}: {self.flaw}, so that --resume would not know the fault; ask again"
                )
            self.config, fault = config, config.groups[0].faults[-1]
            for line in self._lines:
                line.group.inject(fault)
        return fault

    async def deliver(self, stop: Stop) -> None:
        """Introduce the devices, then run to the end or until stopped.

        Raises UndeliverableError, and UnwritableError for its files; what is not settled is for a resume.
        """
        if self.complete:
            return
        with Truth(self.truth_path, resume=self.resumed) as truth:
            self.keeper.begin()
            async with self._open_sink() as sink:
                self.truth, self.sink = truth, sink
                keeping = asyncio.create_task(self.keeper.keep())
                try:
                    await self._deliver(sink, truth, stop)
                finally:
                    keeping.cancel()
                    await asyncio.gather(keeping, return_exceptions=True)
                    await self.keeper.write()
                    if not self.complete:
                        self._say("the same command with --resume goes on with what is not settled")

    async def _deliver(self, sink: Sink, truth: Truth, stop: Stop) -> None:
        await stop.bound(self._introduce(sink))
        try:
            await stop.bound(self._make(sink, truth))
            self.phase = "draining"
            await stop.bound_with_grace(sink.drain())
        except UnwritableError:
            self.phase = "draining"
            if not stop.asked:
                stop.ask(GRACE)
            await stop.bound_with_grace(sink.drain_living())
            raise
        self.complete = self._made and not self._marks.outstanding

    def _open_sink(self) -> Sink:
        return Sink.planned(
            self.config.sink, self.tally, self.rejects_path, settled=self._marks.settle, say=self._say
        )

    async def _introduce(self, sink: Sink) -> None:
        await sink.introduce(
            [birth for plan in self.config.groups for birth in births_of(plan, self.span.start)]
        )

    async def _make(self, sink: Sink, truth: Truth) -> None:
        self._lines = list(self._open_lines(sink, truth))
        begin = time.monotonic()
        await self._advance(sink, max(self.position, self.span.start))
        speed = self.config.run.speed
        if speed is None:
            self.phase = "live"
            while self._running:
                await self._advance(sink, self.position + SLICE)
        else:
            self.clock = Clock(self.position, speed, begin)
            await self._live(sink, self.clock)
        self._reached = max(self._reached, self.span.end or BEFORE_ALL)
        for line in self._lines:
            await line.release()
        self.held, self._made = 0, True

    def _open_lines(self, sink: Sink, truth: Truth) -> Iterator[Line]:
        first = 0
        for plan in self.config.groups:
            if plan.ids:
                group = group_after(plan, self.span, self._marks.position)
                yield Line(
                    group,
                    first,
                    boot=self.span.start,
                    sink=sink,
                    truth=truth,
                    marks=self._marks,
                    tally=self.tally,
                )
            first += len(plan.ids)

    @property
    def _running(self) -> bool:
        return any(line.running for line in self._lines)

    async def _live(self, sink: Sink, clock: Clock) -> None:
        """Catch up with the clock for as long as that gets anywhere, then let it lead."""
        behind = math.inf
        while (
            LONGEST_TICK * 1000 * clock.speed
            < (gap := clock.tick(time.monotonic(), slip=False) - self.position)
            < behind
        ):
            behind = gap
            await self._advance(sink, self.position + gap)
        self.phase = "live"
        for line in self._lines:
            line.clock = clock
        shortest = max(SHORTEST_NAP, self.config.sink.linger / NAPS)
        while self._running:
            await self._advance(sink, clock.tick(time.monotonic()))
            nap = clock.until(min(line.group.next() for line in self._lines))
            await asyncio.sleep(min(LONGEST_NAP, max(shortest, nap)))

    async def _advance(self, sink: Sink, until: int) -> None:
        while self.position < until:
            async with self._injecting:
                self._reached = min(until, self.position + SLICE)
            for line in self._lines:
                await line.send(self._reached)
            self.position = self._reached
            self._marks.reach(self.position)
            self.held = sum(line.group.held for line in self._lines)
            if sink.returned:
                await self._introduce(sink)

    def _state(self) -> State:
        """What is settled now."""
        beyond = {} if self.complete else self._marks.look()
        return State(
            self.config.fingerprint,
            *self.span,
            self.config.sink.url,
            self.position if self.complete else self._marks.position,
            beyond,
            self.complete,
            max(self._reached, self._before),
            self._injected,
        )
