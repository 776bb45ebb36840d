"""Old keys are deleted slice by slice, and no others."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from reference_server.forgetting import EVERY, REST, SLICE, Forgetting
from reference_server.sqlite_file import open_file

NOW = 1_000_000.0
AGE = 100.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A log whose every third key is old: so many that three slices are needed."""
    with closing(open_file(tmp_path / "log.db")) as file:
        rows = [
            (f"d{n % 50}", n % 2, n, b"", NOW - 2 * AGE if n % 3 == 0 else NOW) for n in range(2 * SLICE + 10)
        ]
        file.writer.execute("BEGIN")
        file.writer.executemany("INSERT INTO seen VALUES (?, ?, ?, ?, ?)", rows)
        file.writer.execute("COMMIT")
        yield file.writer


def count(db: sqlite3.Connection, which: str = "1") -> int:
    (found,) = db.execute(f"SELECT count(*) FROM seen WHERE {which}").fetchone()
    return int(found)


def test_what_is_old_goes_in_slices_and_the_rest_stays(db: sqlite3.Connection) -> None:
    forgetting = Forgetting(db, AGE)
    old, young = count(db, f"touched < {NOW}"), count(db, f"touched = {NOW}")
    gone = []
    for step in range(3):
        forgetting.step(NOW + step * EVERY)
        gone.append(old + young - count(db))

    assert 0 < gone[0] < gone[1] < gone[2] == old
    assert all(after - before <= SLICE for before, after in pairwise([0, *gone]))
    assert count(db, f"touched = {NOW}") == young


def test_a_walk_goes_on_each_second_and_begins_anew_each_hour(db: sqlite3.Connection) -> None:
    forgetting = Forgetting(db, AGE)
    due = []
    now = NOW
    for wait in (0, EVERY, EVERY):
        now += wait
        before = forgetting.due(now)
        forgetting.step(now)
        due.append((before, forgetting.due(now + EVERY / 2)))
    later = forgetting.due(now + EVERY), forgetting.due(now + REST), forgetting.due(now - 2 * REST)

    assert due == [(True, False)] * 3
    assert later == (False, True, True)


def test_no_key_at_all_is_no_walk(tmp_path: Path) -> None:
    with closing(open_file(tmp_path / "log.db")) as file:
        forgetting = Forgetting(file.writer, AGE)
        forgetting.step(NOW)

        assert not forgetting.due(NOW + EVERY)
