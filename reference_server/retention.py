"""How long events stay: the oldest go when they are too many or too old, some rows at a time."""

import sqlite3

from reference_server.segments import extent

__all__ = ["Trimming"]

SLICE = 1_000  # events: to delete so many takes a few milliseconds
EVERY = 1.0  # seconds between two looks at their age


class Trimming:
    """Deletes rows of events as a whole; the newest always stays, for it says where ids go on.

    `most` events stay, none for longer than `age_seconds`; 0: however old. For the writer's thread.
    """

    def __init__(self, db: sqlite3.Connection, most: int, age_seconds: float) -> None:
        self._db = db
        self._most = most
        self._age = age_seconds
        self._looked = 0.0  # at their age, and found no more of them; in seconds since 1970
        self.oldest, _ = extent(db)

    def due(self, newest: int, now: float) -> bool:
        """Whether it is time to look."""
        over = newest - self._most + 1 - self.oldest
        return over >= min(SLICE, self._most) or bool(self._age and abs(now - self._looked) >= EVERY)

    def delete(self, newest: int, now: float, added: int) -> int:
        """In a transaction: delete a slice, larger than what was `added`, so that it keeps up.

        Returns the last sequence that is gone, to be told to `gone` after the commit. Raises sqlite3.Error.
        """
        last = self.oldest - 1 + max(SLICE, 2 * added)
        floor = self._whole(min(max(newest - self._most, self._aged(last, now)), last))
        if floor >= self.oldest:
            delete = "DELETE FROM segments WHERE first <= ? AND first + count <= ?"
            self._db.execute(delete, (floor, newest))
        return floor

    def _whole(self, floor: int) -> int:
        """The last sequence up to `floor` that ends a row."""
        query = "SELECT first, count FROM segments WHERE first <= ? ORDER BY first DESC LIMIT 1"
        first, count = self._db.execute(query, (floor,)).fetchone() or (1, 0)
        return int(first + count - 1 if first + count - 1 <= floor else first - 1)

    def _aged(self, last: int, now: float) -> int:
        """The last one that is too old, as far as this slice reaches."""
        if not self._age:
            return 0
        query = "SELECT coalesce(max(first + count - 1), 0) FROM segments WHERE first <= ? AND committed < ?"
        (found,) = self._db.execute(query, (last, now - self._age)).fetchone()
        if found < last:
            self._looked = now
        return int(found)

    def gone(self, floor: int) -> None:
        self.oldest = max(self.oldest, floor + 1)
