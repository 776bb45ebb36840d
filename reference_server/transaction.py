"""One transaction of the durable log: refuse duplicates, give sequences, keep events, let old ones go."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from reference_server.figures import Figures, from_row, row_of
from reference_server.forgetting import Forgetting
from reference_server.ledger import Ledger
from reference_server.limits import Limits
from reference_server.log import Birth, Entry, FailedError, FullError, Item, Receipt
from reference_server.retention import Trimming
from reference_server.seen import Block, Seen
from reference_server.segments import extent, write
from reference_server.sqlite_file import FULL

__all__ = ["Committed", "Transactions", "read_figures"]

KEPT_BLOCKS = 20_000  # bitmaps in memory, some 300 bytes each; the rest are read when they are needed
BITMAP, PAGE = 128, 4_096  # bytes


class Committed(NamedTuple):
    """What became of a group of appends: a receipt for each, and the entries in order."""

    receipts: list[Receipt]
    entries: list[Entry]
    oldest: int  # that is retained
    births: Sequence[Birth]
    figures: dict[str, Figures]  # of the devices that they changed for
    size: int = 0  # bytes that the entries take

    @property
    def pages(self) -> int:
        """That were written, about: a few for any commit, the entries, and each device's own row or two."""
        return 4 + self.size // PAGE + len(self.figures)


class Transactions:
    """Keeps groups of appends, each by one transaction. For one thread, the only one that writes."""

    def __init__(self, db: sqlite3.Connection, retain: int, limits: Limits, retain_age: float = 0) -> None:
        """`retain` entries are kept for at most `retain_age` seconds; 0: for ever."""
        self._db = db
        self._trimming = Trimming(db, retain, retain_age)
        self._seen = Seen(limits.dedupe_seconds, self._load, KEPT_BLOCKS)
        self._forgetting = Forgetting(db, limits.dedupe_seconds)
        _, self._newest = extent(db)
        self._figures = read_figures(db)

    def commit(self, appends: Sequence[Sequence[Item]], births: Sequence[Birth] = ()) -> Committed:
        """Keep all that is new, or nothing at all. Raises FullError or FailedError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            now = time.time()
            committed = self._place(appends, now)
            size = self._write(committed.entries, now)
            self._bear(births)
            self._count(committed.figures)
            floor = self._trim(len(committed.entries), now)
            self._db.execute("COMMIT")
        except BaseException as error:
            self._undo()
            if not isinstance(error, sqlite3.Error):
                raise
            if error.sqlite_errorcode in FULL:
                raise FullError(str(error)) from error
            raise FailedError(str(error)) from error
        self._newest += len(committed.entries)
        self._figures.update(committed.figures)
        self._trimming.gone(floor)
        return committed._replace(oldest=self._trimming.oldest, births=births, size=size)

    def _place(self, appends: Sequence[Sequence[Item]], now: float) -> Committed:
        """Give everything that is new its sequence, and remember its key."""
        newest = self._newest
        ledger = Ledger(self._seen, self._figures, now)
        receipts: list[Receipt] = []
        entries: list[Entry] = []
        for items in appends:
            sequences: list[int | None] = []
            for item in items:
                if not ledger.take(item):
                    sequences.append(None)
                    continue
                newest += 1
                sequences.append(newest)
                entries.append(Entry(newest, item))
            receipts.append(Receipt(tuple(sequences), newest))
        self._db.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
            [(*block, self._seen.bits(block).to_bytes(BITMAP, "little"), now) for block in ledger.touched],
        )
        return Committed(receipts, entries, 0, (), ledger.figures())

    def _write(self, entries: Sequence[Entry], now: float) -> int:
        """Events, and the last one of each device; how many bytes the events take."""
        size = write(self._db, entries, now)
        latest = {each.item.device: each for each in entries if each.item.device}
        self._db.executemany(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?)",
            [(device, each.sequence, each.item.data) for device, each in latest.items()],
        )
        return size

    def _trim(self, added: int, now: float) -> int:
        """Let go of some events, if it is time; the last sequence that is gone."""
        newest = self._newest + added
        return self._trimming.delete(newest, now, added) if self._trimming.due(newest, now) else 0

    def _bear(self, births: Sequence[Birth]) -> None:
        """As `keep_latest` does it."""
        self._db.executemany(
            "INSERT INTO births VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET boot = excluded.boot, text = excluded.text WHERE excluded.boot >= boot",
            births,
        )

    def _count(self, figures: dict[str, Figures]) -> None:
        rows = [row_of(device, each) for device, each in figures.items()]
        self._db.executemany("INSERT OR REPLACE INTO figures VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

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
        """To be called between groups: forget keys that are too old."""
        now = time.time()
        self._seen.forget(now)
        if self._forgetting.due(now):
            with suppress(sqlite3.Error):  # a full disk, say: nothing is lost, and it is tried again
                self._forgetting.step(now)


def read_figures(db: sqlite3.Connection) -> dict[str, Figures]:
    """What was counted so far."""
    return dict(map(from_row, db.execute("SELECT * FROM figures")))
