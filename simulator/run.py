"""One run of a fleet: groups make rows as simulated time allows, the sink delivers, the truth is told."""

import asyncio
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

from .births import births_of
from .clock import LONGEST_TICK, Clock
from .config import Config
from .encode import Encoder
from .group import Group
from .plan import Span
from .postponed import Rows
from .rng import Ints
from .sink import Sink
from .stop import Stop
from .tally import Tally
from .truth import Truth

__all__ = ["FleetRun"]

SLICE = 60_000  # simulated ms that one group may be ahead of another
SHORTEST_NAP, LONGEST_NAP = 0.02, 0.25  # seconds between two looks at what is due


class FleetRun:
    """A run over `span`, at `position` (simulated ms UTC) now. Its files are `folder`/`label`.…"""

    def __init__(
        self, config: Config, span: Span, folder: Path, label: str, say: Callable[[str], None]
    ) -> None:
        self.config, self.span = config, span
        self.truth_path = folder / f"{label}.truth.csv"
        self.rejects_path = folder / f"{label}.rejected.ndjson"
        self.tally = Tally()
        self.position, self.phase = span.origin, "backfill" if span.origin < span.start else "live"
        self.clock: Clock | None = None
        self.sink: Sink | None = None
        self.faults = self.held = 0
        self._say = say

    async def deliver(self, stop: Stop) -> None:
        """Introduce the devices, then run to the end or until stopped.

        Raises UndeliverableError, and OSError for its files.
        """
        with Truth(self.truth_path) as truth:
            async with self._open_sink() as sink:
                self.sink = sink
                births = [birth for plan in self.config.groups for birth in births_of(plan, self.span.start)]
                await stop.bound(sink.introduce(births))
                await stop.bound(self._make(sink, truth))
                self.phase = "draining"
                await stop.bound_with_grace(sink.drain())

    def _open_sink(self) -> Sink:
        plan = self.config.sink
        return Sink(
            plan.url,
            self.tally,
            self.rejects_path,
            batch=plan.batch,
            linger=plan.linger,
            connections=plan.connections,
            give_up=plan.give_up,
            token=os.environ.get(plan.token_env, "").strip() or None,
            say=self._say,
        )

    async def _make(self, sink: Sink, truth: Truth) -> None:
        lines = [
            _Line(Group(plan, self.span), self.span.start, sink, truth)
            for plan in self.config.groups
            if plan.ids
        ]
        for line in lines:
            line.group.prepare()
        begin = time.monotonic()
        await self._advance(lines, self.span.start)
        speed = self.config.run.speed
        if speed is None:
            self.phase = "live"
            while any(line.running for line in lines):
                await self._advance(lines, self.position + SLICE)
        else:
            self.clock = Clock(self.span.start, speed, begin)
            await self._live(lines, self.clock)
        for line in lines:
            await line.release()
        self.held = 0

    async def _live(self, lines: list["_Line"], clock: Clock) -> None:
        """Catch up with the clock for as long as that gets anywhere, then let it lead."""
        behind = math.inf
        while (
            LONGEST_TICK * 1000 * clock.speed
            < (gap := clock.tick(time.monotonic(), slip=False) - self.position)
            < behind
        ):
            behind = gap
            await self._advance(lines, self.position + gap)
        self.phase = "live"
        while any(line.running for line in lines):
            await self._advance(lines, clock.tick(time.monotonic()))
            nap = clock.until(min(line.group.next() for line in lines))
            await asyncio.sleep(min(LONGEST_NAP, max(SHORTEST_NAP, nap)))

    async def _advance(self, lines: list["_Line"], until: int) -> None:
        while self.position < until:
            horizon = min(until, self.position + SLICE)
            for line in lines:
                await line.send(horizon)
            self.position = horizon
            self.faults = lines[0].truth.count if lines else 0
            self.held = sum(line.group.held for line in lines)


class _Line:
    """One group on its way to the sink."""

    def __init__(self, group: Group, boot: int, sink: Sink, truth: Truth) -> None:
        self.group, self.truth = group, truth
        self._sink = sink
        self._encoder = Encoder(group.plan.ids, group.plan.profile.sensors, boot)
        self._routes: Ints = (group.hashes % sink.workers).astype(int)

    @property
    def running(self) -> bool:
        """Whether more samples will come."""
        return self.group.running

    async def send(self, until: int) -> None:
        """Hand over what is due."""
        for rows in self.group.due(until):
            await self._put(rows)

    async def release(self) -> None:
        """Hand over what outages hold back at the end of the run."""
        for rows in self.group.release():
            await self._put(rows)

    async def _put(self, rows: Rows) -> None:
        messages = self._encoder.encode(rows.device, rows.seq, rows.ts, rows.values, late=rows.late)
        self.truth.write(self.group.plan, self.group.happened)
        self.group.happened.clear()
        await self._sink.put(messages, self._routes[rows.device])
