"""Events in the durable log's file: many to a row, one row a commit where they fit. Knows no transactions.

A row for each event would cost more than all else that a commit does, and SQLite gives the interpreter's lock
away at each, to be waited for again. Items are JSON, so that the view `events` can show them to anybody.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import msgspec

from reference_server.log import Entry, Item

__all__ = ["extent", "read", "write"]

MOST_EVENTS, MOST_BYTES = 500, 256 << 10  # in a row, which is read as a whole; one larger event is allowed
MOST_READ = 1_000  # events at a time
ENCODER = msgspec.json.Encoder()
ITEMS = msgspec.json.Decoder(list[Item])


def write(db: sqlite3.Connection, entries: Sequence[Entry], now: float) -> int:
    """In a transaction: keep `entries`, of dense sequences. Returns how many bytes they take.

    Raises sqlite3.Error, or UnicodeEncodeError for what is no Unicode text.
    """
    size = 0
    for run in runs(entries):
        items = ENCODER.encode([entry.item for entry in run])
        size += len(items)
        db.execute(
            "INSERT INTO segments VALUES (?, ?, CAST(? AS TEXT), ?)", (run[0].sequence, len(run), items, now)
        )
    return size


def runs(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in order, a row's worth at a time."""
    start = size = 0
    for at, entry in enumerate(entries):
        size += len(entry.item.data)
        if at > start and (at - start == MOST_EVENTS or size > MOST_BYTES):
            yield entries[start:at]
            start, size = at, len(entry.item.data)
    if start < len(entries):
        yield entries[start:]


def read(db: sqlite3.Connection, sequence: int, most_bytes: int) -> list[Entry]:
    """From `sequence` on: some `most_bytes`, at least one entry if there is any. Raises sqlite3.Error."""
    query = (
        "SELECT first, items FROM segments"
        " WHERE first >= coalesce((SELECT max(first) FROM segments WHERE first <= ?), 0) ORDER BY first"
    )
    found: list[Entry] = []
    size = 0
    # closed at once: a statement that is still open keeps the write-ahead log from being reset
    with closing(db.execute(query, (sequence,))) as rows:
        for first, items in rows:
            for number, item in enumerate(ITEMS.decode(items), first):
                if number < sequence:
                    continue
                size += len(item.data)
                if found and (size > most_bytes or len(found) == MOST_READ):
                    return found
                found.append(Entry(number, item))
    return found


def extent(db: sqlite3.Connection) -> tuple[int, int]:
    """The first and the last sequence that are there; 1 and 0 if there is none. Raises sqlite3.Error."""
    (first,) = db.execute("SELECT coalesce(min(first), 1) FROM segments").fetchone()
    row = db.execute("SELECT first + count - 1 FROM segments ORDER BY first DESC LIMIT 1").fetchone()
    return first, row[0] if row else 0
