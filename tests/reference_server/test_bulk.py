"""Rows go in by few statements, all of them, in order."""

import sqlite3
from contextlib import closing

import pytest

from reference_server.bulk import insert


@pytest.mark.parametrize("count", [0, 1, 3, 5, 255, 256, 257, 700])
def test_all_rows_go_in_by_few_statements(count: int) -> None:
    rows = [(number, "é\0" * (number % 3)) for number in range(count)]
    statements: list[str] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("CREATE TABLE t (a, b)")
        db.set_trace_callback(statements.append)

        insert(db, "INSERT INTO t", rows)

        db.set_trace_callback(None)
        found = db.execute("SELECT a, b FROM t ORDER BY rowid").fetchall()
    assert found == rows
    assert len(statements) <= 17 + count / 256
