"""Delivery: at least once, in order for each device, never more in memory than the queues hold.

Workers hold one connection each; a device always goes to the same worker. A batch stays with its worker
until it was taken or refused, or the sink has given up.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Self

import numpy as np

from .answer import Answer, Meaning
from .config import SinkPlan
from .connection import Connection, Manner
from .courier import Courier, hopeless
from .introduction import introduce
from .outage import Outage
from .outbox import Outbox
from .parcel import Parcel
from .rejects import Rejects
from .rng import Ints
from .tally import Tally
from .window import Window

__all__ = ["Sink"]

QUEUE_BATCHES = 4  # that a worker's queue may hold


class Sink:
    """POSTs births to `url`/devices and messages to `url`/measurements; `settled` hears whose are done.

    An async context manager, whose exit ends all connections.
    """

    def __init__(
        self,
        url: str,
        tally: Tally,
        rejected: Path,
        *,
        batch: int = 500,
        linger: float = 0.2,
        connections: int = 4,
        gzip: bool = False,
        give_up: float = 120.0,
        token: str | None = None,
        settled: Callable[[Ints], None] = lambda _: None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.url = url.rstrip("/") + "/measurements"
        self._births_url = url.rstrip("/") + "/devices"
        self._tally, self._settled, self._say = tally, settled, say
        self._rejects = Rejects(rejected)
        self._outboxes = [Outbox(QUEUE_BATCHES * batch, linger) for _ in range(connections)]
        self._batch = batch
        manner = Manner.to(url, token, say, gzip=gzip)
        self._courier = Courier(manner, Outage(self.url, give_up, say), Window(connections), tally)
        self._workers: list[asyncio.Task[None]] = []
        self._progress = asyncio.Event()

    @classmethod
    def planned(
        cls,
        plan: SinkPlan,
        tally: Tally,
        rejected: Path,
        *,
        settled: Callable[[Ints], None] = lambda _: None,
        say: Callable[[str], None],
    ) -> Self:
        """As [sink] of a configuration has it."""
        return cls(
            plan.url,
            tally,
            rejected,
            batch=plan.batch,
            linger=plan.linger,
            connections=plan.connections,
            gzip=plan.gzip,
            give_up=plan.give_up,
            token=plan.token,
            settled=settled,
            say=say,
        )

    async def __aenter__(self) -> Self:
        self._workers = [asyncio.create_task(self._work(outbox)) for outbox in self._outboxes]
        for worker in self._workers:
            worker.add_done_callback(lambda _: self._progress.set())
        return self

    async def __aexit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._rejects.close()

    @property
    def workers(self) -> int:
        """How many there are: a device belongs to worker `hash % workers`."""
        return len(self._outboxes)

    @property
    def under_way(self) -> tuple[int, int]:
        """How many POSTs are under way now, and how many may be."""
        window = self._courier.window
        return window.under_way, window.size

    @property
    def trouble(self) -> str:
        """What keeps the sink waiting now; empty when all is well."""
        return self._courier.outage.reason

    @property
    def returned(self) -> bool:
        """Whether the receiver was away since it was told the births, and may have forgotten them."""
        return self._courier.returned

    @property
    def queued(self) -> int:
        """Messages that wait in queues."""
        return sum(len(outbox) for outbox in self._outboxes)

    async def introduce(self, births: list[bytes]) -> None:
        """Tell what the devices measure; raises UndeliverableError."""
        self._courier.returned = False
        await introduce(self._courier, self._births_url, births, self._batch, self._say)

    async def put(self, parcel: Parcel, routes: Ints) -> None:
        """Hand over messages with their workers; waits while a queue is full; raises what stopped one."""
        self._tally.generated += len(parcel)
        for route, outbox in enumerate(self._outboxes):
            if len(rows := np.flatnonzero(routes == route)):
                outbox.put(parcel.pick(rows))
        await asyncio.sleep(0)  # a fleet as fast as possible never waits for anything else
        while self._check() and any(outbox.full for outbox in self._outboxes):
            self._progress.clear()
            await self._progress.wait()

    async def drain(self) -> None:
        """Wait until all has been settled; raises UndeliverableError and UnwritableError."""
        self._close()
        await asyncio.gather(*self._workers)

    async def drain_living(self) -> None:
        """Wait until the workers that nothing has stopped have settled what they have; raises nothing."""
        self._close()
        await asyncio.wait(self._workers)

    def _close(self) -> None:
        for outbox in self._outboxes:
            outbox.close()

    def _check(self) -> bool:
        """Raise what has stopped a worker."""
        for worker in self._workers:
            if worker.done():
                worker.result()
        return True

    async def _work(self, outbox: Outbox) -> None:
        most = self._batch
        async with self._courier.connection() as connection:
            while batch := await outbox.take(most):
                self._progress.set()
                most = await self._settle(connection, batch, most)

    async def _settle(self, connection: Connection, batch: Parcel, most: int) -> int:
        """Send until each message is taken or refused, `most` at a time; returns the `most` that is taken.

        Refused ones count as settled in the end, since others of their devices may have to come before them.
        """
        size, refused = most, list[Parcel]()
        while batch:
            part = batch[:size]
            answer = await self._courier.send(connection, self.url, part.messages)
            match answer.meaning:
                case Meaning.TAKEN:
                    self._taken(part, answer)
                    batch = batch[len(part) :]
                case Meaning.HALVE if len(part) > 1:
                    most = size = len(part) // 2
                case Meaning.REJECT if answer.item is None and len(part) > 1:
                    size = len(part) // 2  # until it is clear which one is meant
                case Meaning.STOP:
                    raise hopeless(self.url, answer)
                case _:
                    row = answer.item or 0
                    refused.append(self._reject(batch[row : row + 1], answer.reason))
                    batch, size = batch.without(row), most
        self._settled(Parcel.join(refused).devices)
        return most

    def _taken(self, part: Parcel, answer: Answer) -> None:
        self._tally.accepted += answer.accepted
        self._tally.duplicates += answer.duplicates
        self._tally.delivery.add(monotonic() - part.due)
        self._settled(part.devices)

    def _reject(self, one: Parcel, reason: str) -> Parcel:
        self._rejects.write(one.messages[0], reason)
        self._tally.rejected += 1
        if self._tally.rejected == 1:
            self._say(f"{self.url} refuses a message: {reason}; refused ones go to {self._rejects.path}")
        return one
