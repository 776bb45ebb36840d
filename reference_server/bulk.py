"""Many rows by one statement: each step of SQLite gives the GIL away, and waits for it again."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain

__all__ = ["insert"]

SIZES = (256, 32, 4, 1)  # rows a statement: few sizes, so that all of them stay prepared


def insert(db: sqlite3.Connection, into: str, rows: Sequence[Sequence[object]]) -> None:
    """Insert `rows`, all of one width; `into` is the statement up to its VALUES. Raises sqlite3.Error."""
    for part in parts(rows):
        one = f"({', '.join('?' * len(part[0]))})"
        db.execute(f"{into} VALUES {', '.join([one] * len(part))}", tuple(chain.from_iterable(part)))


def parts(rows: Sequence[Sequence[object]]) -> Iterator[Sequence[Sequence[object]]]:
    """The rows in order, in pieces of the sizes above."""
    start = 0
    for size in SIZES:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size
