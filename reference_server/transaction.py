"""One transaction of the durable log: refuse duplicates, give sequences, keep events, let old ones go."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from reference_server.limits import Limits
from reference_server.log import Entry, FailedError, FullError, Item, Receipt
from reference_server.seen import Block, Seen, block_of

__all__ = ["Committed", "Transactions"]

KEPT_BLOCKS = 20_000  # bitmaps in memory, some 300 bytes each; the rest are read when they are needed
BITMAP = 128  # bytes
FORGET_EVERY = 3_600.0  # seconds
CHECKPOINT_PAGES = 1_000  # SQLite's own figure: 4 MB
PAGES_PER_COMMIT = 4
FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}


class Committed(NamedTuple):
    """What became of a group of appends: a receipt for each, and the entries in order."""

    receipts: list[Receipt]
    entries: list[Entry]


class Transactions:
    """Keeps groups of appends, each by one transaction. For one thread, the only one that writes."""

    def __init__(self, db: sqlite3.Connection, retain: int, limits: Limits) -> None:
        self._db = db
        self._retain = retain
        self._age = limits.dedupe_seconds
        self._seen = Seen(limits.dedupe_seconds, self._load, KEPT_BLOCKS)
        self._forgot = 0.0  # when, in seconds since 1970
        self._unchecked = 0  # pages that wait for a checkpoint, about
        (newest,) = db.execute("SELECT max(sequence) FROM events").fetchone()
        self._newest: int = newest or 0

    def commit(self, appends: Sequence[Sequence[Item]]) -> Committed:
        """Keep all that is new, or nothing at all. Raises FullError or FailedError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            committed = self._place(appends, time.time())
            self._write(committed.entries)
            self._db.execute("COMMIT")
        except BaseException as error:
            self._undo()
            if not isinstance(error, sqlite3.Error):
                raise
            if error.sqlite_errorcode in FULL:
                raise FullError from error
            raise FailedError(str(error)) from error
        self._newest += len(committed.entries)
        return committed

    def _place(self, appends: Sequence[Sequence[Item]], now: float) -> Committed:
        """Give everything that is new its sequence, and remember its key."""
        newest = self._newest
        touched: set[Block] = set()
        committed = Committed([], [])
        for items in appends:
            sequences: list[int | None] = []
            for item in items:
                if item.key is not None and not self._seen.add(item.key, now):
                    sequences.append(None)
                    continue
                newest += 1
                sequences.append(newest)
                committed.entries.append(Entry(newest, item))
                if item.key is not None:
                    touched.add(block_of(item.key)[0])
            committed.receipts.append(Receipt(tuple(sequences), newest))
        self._db.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
            [(*block, self._seen.bits(block).to_bytes(BITMAP, "little"), now) for block in touched],
        )
        return committed

    def _write(self, entries: Sequence[Entry]) -> None:
        """Events, the last one of each device, and the end of what is too old."""
        self._db.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (each.sequence, i.channel, i.data, i.event, i.device, i.id, i.retry, i.comment)
                for each in entries
                for i in (each.item,)
            ],
        )
        latest = {each.item.device: each for each in entries if each.item.device}
        self._db.executemany(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?)",
            [(device, each.sequence, each.item.data) for device, each in latest.items()],
        )
        newest = self._newest + len(entries)
        self._db.execute("DELETE FROM events WHERE sequence <= ?", (newest - self._retain,))
        self._unchecked += PAGES_PER_COMMIT + len(entries)

    def _undo(self) -> None:
        """The file is as it was, so memory has to be."""
        self._seen.clear()
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _load(self, block: Block) -> int:
        query = "SELECT bits FROM seen WHERE device = ? AND boot = ? AND block = ?"
        row = self._db.execute(query, block).fetchone()
        return int.from_bytes(row[0], "little") if row else 0

    def tidy(self) -> None:
        """To be called between groups: checkpoint the write-ahead log, and forget keys that are too old."""
        now = time.time()
        self._seen.forget(now)
        with suppress(
            sqlite3.Error
        ):  # a full disk, say: nothing is lost, and the next group tells its senders
            self._tidy_file(now)

    def _tidy_file(self, now: float) -> None:
        if now - self._forgot > FORGET_EVERY:
            self._forgot = now
            self._db.execute("DELETE FROM seen WHERE touched < ?", (now - self._age,))
        if self._unchecked > CHECKPOINT_PAGES:
            self._unchecked = 0
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
