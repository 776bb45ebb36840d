"""Moves what the write-ahead log holds into the file, in a thread of its own: no commit waits for it."""

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor

__all__ = ["Checkpoints"]

PAGES = 1_000  # SQLite's own figure: 4 MB
MOST_PAGES = 16_000  # 64 MB


class Checkpoints:
    """Begins a checkpoint when enough was written since the last one."""

    def __init__(self, db: sqlite3.Connection, writer: sqlite3.Connection) -> None:
        self._db = db
        self._writer = writer
        self._thread = ThreadPoolExecutor(1, "log-checkpoint")
        self._running: Future[int] | None = None
        self._pages = 0

    def committed(self, pages: int) -> None:
        """To be called by the writer, between two transactions, with what the last one wrote, about."""
        self._pages += pages
        if self._running is not None:
            if not self._running.done():
                return
            if self._running.result() > MOST_PAGES:
                checkpoint(self._writer)  # the little that came since: only a pause lets the log begin anew
            self._running = None
        if self._pages > PAGES:
            self._pages = 0
            self._running = self._thread.submit(checkpoint, self._db)

    def close(self) -> None:
        self._thread.shutdown()


def checkpoint(db: sqlite3.Connection) -> int:
    """The length of the write-ahead log, in pages; what readers still need stays there."""
    try:
        _, pages, _ = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error:  # a full disk, say: nothing is lost, and the next group tells its senders
        return 0
    return int(pages)
