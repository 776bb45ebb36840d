"""A log in a SQLite file: what was acknowledged outlives a crash. One thread writes, another one reads."""

import asyncio
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from reference_server.checkpoint import Checkpoints
from reference_server.limits import Limits
from reference_server.log import Birth, BusyError, Durability, Entry, Item, Listener, Receipt, keep_latest
from reference_server.names import MEASUREMENTS
from reference_server.segments import extent, read
from reference_server.sqlite_file import open_file
from reference_server.transaction import Committed, Transactions, read_figures

__all__ = ["SqliteLog"]

OVERHEAD = 256  # bytes that an item costs beside its data, about
# Beside a loop that is busy with fan-out, the writer waits for the GIL after each step of SQLite, by default
# 5 ms. Measured beside a thread that keeps the GIL busy, ms at p50 and p99 of a commit of one event: 6–11 and
# 43–54, with this 1.2–1.4 and 11–19 (idle: 0.7 and 4). Over HTTP no consistent difference was seen.
SWITCH_INTERVAL = 0.0005  # seconds
IDLE = 1.0  # seconds without an append, until what is too old is let go all the same


class Append(NamedTuple):
    """Items that wait for their commit, and whoever waits for them."""

    items: Sequence[Item]
    answer: "asyncio.Future[Receipt]"
    cost: int  # bytes
    births: Sequence[Birth] = ()


class SqliteLog:
    """Group commit: all that came while one transaction ran goes into the next one."""

    durability: Durability = "synced"

    def __init__(self, path: Path, retain: int, limits: Limits, retain_age: float = 0) -> None:
        """`retain` entries are kept for at most `retain_age` seconds; 0: for ever.

        Raises UnusableError. To be called on the event loop that will use it.
        """
        self._file = open_file(path)
        self.epoch = self._file.epoch
        self._first, self.newest = extent(self._file.reader)
        self._retain = retain
        self._limits = limits
        self._listeners: list[Listener] = []
        rows = self._file.reader.execute("SELECT device, boot, text FROM births")
        self.births = {birth.device: birth for birth in map(Birth._make, rows)}
        self.figures = read_figures(self._file.reader)
        self._loop = asyncio.get_running_loop()
        self._reader = ThreadPoolExecutor(1, "log-reader")
        self._waiting = 0  # bytes
        self._appends: SimpleQueue[Append | None] = SimpleQueue()
        self._transactions = Transactions(self._file.writer, retain, limits, retain_age)
        self._checkpoints = Checkpoints(self._file.checkpointer, self._file.writer)
        self._writer = threading.Thread(target=self._write, name="log-writer")
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_INTERVAL))
        self._writer.start()

    @property
    def oldest(self) -> int:
        return max(self._first, self.newest - self._retain + 1)

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    async def append(self, items: Sequence[Item]) -> Receipt:
        return await self._keep(items, (), sum(len(item.data) + OVERHEAD for item in items))

    async def register(self, births: Sequence[Birth]) -> None:
        await self._keep((), births, sum(len(birth.text) + OVERHEAD for birth in births))

    async def _keep(self, items: Sequence[Item], births: Sequence[Birth], cost: int) -> Receipt:
        if self._waiting and self._waiting + cost > self._limits.commit_queue:
            raise BusyError
        self._waiting += cost
        answer: asyncio.Future[Receipt] = self._loop.create_future()
        self._appends.put(Append(items, answer, cost, births))
        return await answer

    def _write(self) -> None:
        """The writer thread: one transaction after another, until None comes."""
        while (group := self._group()) is not None:
            try:
                outcome: Committed | Exception = self._transactions.commit(
                    [append.items for append in group],
                    [birth for append in group for birth in append.births],
                )
            except Exception as error:  # noqa: BLE001 - whoever waits has to hear of it, whatever it is
                outcome = error
            self._loop.call_soon_threadsafe(self._announce, group, outcome)
            if isinstance(outcome, Committed) and outcome.entries:
                self._file.mark.write(self.epoch, outcome.entries[-1].sequence)
                self._checkpoints.committed(outcome.pages)
            self._transactions.tidy()

    def _group(self) -> list[Append] | None:
        """All that waits; nothing after a while of silence; None at the end."""
        group: list[Append] = []
        with suppress(Empty):
            append = self._appends.get(timeout=IDLE)
            while append is not None:
                group.append(append)
                append = self._appends.get_nowait()
            if not group:
                return None
            self._appends.put(None)  # for the next call, which then finds nothing else
        return group

    def _announce(self, group: list[Append], outcome: Committed | Exception) -> None:
        """On the loop, in the order of the commits: listeners first, then whoever waits for an answer."""
        self._waiting -= sum(append.cost for append in group)
        if isinstance(outcome, Committed):
            self.newest += len(outcome.entries)
            keep_latest(self.births, outcome.births)
            self.figures.update(outcome.figures)
            self._first = outcome.oldest
            for listener in self._listeners if outcome.entries else ():
                listener(outcome.entries)
        for index, append in enumerate(group):
            if append.answer.done():
                continue  # whoever waited has left
            if isinstance(outcome, Committed):
                append.answer.set_result(outcome.receipts[index])
            else:
                append.answer.set_exception(outcome)

    async def after(self, sequence: int, most_bytes: int) -> list[Entry]:
        from_ = max(sequence + 1, self.oldest)
        return await self._loop.run_in_executor(self._reader, read, self._file.reader, from_, most_bytes)

    async def latest(self) -> list[Entry]:
        rows = self._file.reader.execute("SELECT device, sequence, data FROM latest").fetchall()
        return [
            Entry(number, Item(MEASUREMENTS, data, "measurement", device)) for device, number, data in rows
        ]

    async def close(self) -> None:
        self._appends.put(None)
        await self._loop.run_in_executor(None, self._writer.join)
        self._reader.shutdown()
        self._checkpoints.close()
        self._file.close()
