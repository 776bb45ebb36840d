"""One group on its way to the sink: what of it is not settled yet, encoded, with when it was due."""

from time import monotonic

import numpy as np

from .clock import Clock
from .encode import Encoder
from .group import Group
from .parcel import Parcel
from .postponed import Rows
from .rng import Ints
from .sink import Sink
from .tally import Tally
from .truth import Truth
from .watermarks import Watermarks

__all__ = ["Line"]


class Line:
    """The devices of a group are numbered from `first` on over the whole run."""

    def __init__(
        self,
        group: Group,
        first: int,
        *,
        boot: int,
        sink: Sink,
        truth: Truth,
        marks: Watermarks,
        tally: Tally,
    ) -> None:
        self.group = group
        self.clock: Clock | None = None  # by which lateness is told; without one, nothing is late
        self._sink, self._truth, self._marks, self._tally = sink, truth, marks, tally
        self._first = first
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
        self._tell()

    async def release(self) -> None:
        """Hand over what outages hold back at the end of the run."""
        for rows in self.group.release():
            await self._put(rows)
        self._tell()

    def _tell(self) -> None:
        """The truth of what has happened, before anything that follows from it, or even if nothing does."""
        self._truth.write(self.group.plan, self.group.happened)
        self.group.happened.clear()

    async def _put(self, rows: Rows) -> None:
        self._tell()
        fresh = self._marks.make(self._first + rows.device, rows.seq)
        if not fresh.all():
            rows = rows.take(np.flatnonzero(fresh))
        messages = self._encoder.encode(rows)
        due = np.full(len(messages), np.nan) if self.clock is None else self.clock.when(rows.at)
        self._tally.lateness.add(monotonic() - due)
        self._tally.late += len(messages) * rows.late
        await self._sink.put(Parcel(messages, self._first + rows.device, due), self._routes[rows.device])
