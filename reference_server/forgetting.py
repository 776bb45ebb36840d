"""How long keys are remembered in the file: a walk over all of them, some rows at a time."""

import sqlite3
from typing import Any

__all__ = ["Forgetting"]

SLICE = 1_000  # rows: to look at so many takes a millisecond or two
EVERY = 1.0  # seconds between two slices
REST = 3_600.0  # seconds between two walks
START, END = ("", -1, -1), ("\x7f", -1, -1)  # before and after all keys: names are visible ASCII


class Forgetting:
    """Deletes from the table of keys what is older than `age_seconds`. For the writer's thread."""

    def __init__(self, db: sqlite3.Connection, age_seconds: float) -> None:
        self._db = db
        self._age = age_seconds
        self._at: tuple[Any, ...] = START  # the last key that was looked at
        self._next = 0.0  # when to go on, in seconds since 1970

    def due(self, now: float) -> bool:
        """Whether it is time to look at more; a clock that was set back holds nothing up for long."""
        return now >= self._next or now < self._next - REST

    def step(self, now: float) -> None:
        """Look at a slice, and delete what is old in it. Raises sqlite3.Error; the next step goes on."""
        self._next = now + EVERY
        row = self._db.execute(
            "SELECT device, boot, block FROM seen WHERE (device, boot, block) > (?, ?, ?)"
            " ORDER BY device, boot, block LIMIT 1 OFFSET ?",
            (*self._at, SLICE - 1),
        ).fetchone()
        self._db.execute(
            "DELETE FROM seen WHERE (device, boot, block) > (?, ?, ?)"
            " AND (device, boot, block) <= (?, ?, ?) AND touched < ?",
            (*self._at, *(row or END), now - self._age),
        )
        self._at = row or START
        if row is None:
            self._next = now + REST
