"""Events in rows of many: what is written is read back from any place, and what people see of it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.log import Entry, Item, Key
from reference_server.segments import MOST_BYTES, MOST_EVENTS, extent, read, runs, write
from reference_server.sqlite_file import open_file


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    file = open_file(tmp_path / "log.db")
    yield file.writer
    file.close()


def entries(first: int, count: int, data: str = "x") -> list[Entry]:
    return [Entry(number, Item("c", data)) for number in range(first, first + count)]


def counts(db: sqlite3.Connection) -> list[tuple[int, int]]:
    return db.execute("SELECT first, count FROM segments ORDER BY first").fetchall()


def test_nothing_is_at_no_place(db: sqlite3.Connection) -> None:
    assert (extent(db), read(db, 1, 1000)) == ((1, 0), [])


def test_a_commit_is_one_row_where_it_fits(db: sqlite3.Connection) -> None:
    write(db, entries(1, MOST_EVENTS), 0)
    write(db, entries(MOST_EVENTS + 1, MOST_EVENTS + 1), 0)

    assert counts(db) == [(1, 500), (501, 500), (1001, 1)]
    assert extent(db) == (1, 1001)


def test_large_events_are_rows_of_their_own(db: sqlite3.Connection) -> None:
    write(db, [*entries(1, 2), *entries(3, 2, "x" * MOST_BYTES), *entries(5, 2)], 0)

    assert counts(db) == [(1, 2), (3, 1), (4, 1), (5, 2)]


@given(st.lists(st.integers(0, MOST_BYTES), max_size=12))
def test_runs_hold_everything_once_in_order_and_no_more_than_they_should(sizes: list[int]) -> None:
    given_entries = [Entry(number, Item("c", "x" * size)) for number, size in enumerate(sizes, 1)]

    found = list(runs(given_entries))

    assert [entry for run in found for entry in run] == given_entries
    assert all(len(run) == 1 or sum(len(each.item.data) for each in run) <= MOST_BYTES for run in found)


def test_any_sequence_is_a_place_to_read_from(db: sqlite3.Connection) -> None:
    for first in (1, 4, 7):
        write(db, entries(first, 3), 0)

    assert [[each.sequence for each in read(db, place, 1000)] for place in (1, 3, 5, 9, 10)] == [
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [3, 4, 5, 6, 7, 8, 9],
        [5, 6, 7, 8, 9],
        [9],
        [],
    ]


def test_all_of_an_item_comes_back(db: sqlite3.Connection) -> None:
    item = Item("measurements", 'a\0"\\é😀\u2028', "measurement", "d", Key("d", 1, 2), "i", 2**53, "")
    write(db, [Entry(1, item)], 0)

    assert read(db, 1, 1000) == [Entry(1, item)]


def test_people_see_an_event_a_row(db: sqlite3.Connection) -> None:
    write(db, [Entry(7, Item("c", '"é', "e", "d", Key("d", 0, 1), "i", 5, "o")), *entries(8, 1)], 12.5)

    assert db.execute("SELECT * FROM events").fetchall() == [
        (7, "c", '"é', "e", "d", "i", 5, "o", 12.5),
        (8, "c", "x", "", "", None, None, None, 12.5),
    ]
