"""Files that are not a log, not whole, or not free: each is refused with a sentence, and stays as it is."""

import os
import sqlite3
from pathlib import Path

import pytest

from reference_server.log import UnusableError
from reference_server.sqlite_file import open_file


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()


def newer(path: Path) -> None:
    open_file(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("PRAGMA user_version = 99")
    db.close()


def damaged(path: Path) -> None:
    open_file(path).close()
    body = bytearray(path.read_bytes())
    body[4096 : 3 * 4096] = b"\xa5" * 8192
    path.write_bytes(body)


REFUSED = {
    "text": (lambda path: path.write_text("dear diary"), "is not a log of eventbahn"),
    "another program's": (foreign, "is not a log of eventbahn"),
    "a newer format": (newer, "has format 99, this eventbahn reads 1"),
    "damaged": (damaged, "is damaged"),
}


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_log_is_refused_and_left_as_it_is(make, sentence: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "log.db"
    make(path)
    before = path.read_bytes()

    with pytest.raises(UnusableError, match=sentence):
        open_file(path)

    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["log.db"]  # noqa: PTH208 - names only


def test_a_log_is_opened_by_one_at_a_time(tmp_path: Path) -> None:
    first = open_file(tmp_path / "log.db")

    with pytest.raises(UnusableError, match="in use by another server"):
        open_file(tmp_path / "log.db")

    first.close()
    open_file(tmp_path / "log.db").close()


@pytest.mark.parametrize(
    ("name", "reason"), [("no/log.db", "No such file or directory"), (".", "Is a directory")]
)
def test_a_place_that_cannot_be_written_is_named(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableError, match=reason):
        open_file(tmp_path / name)


def test_an_acknowledged_event_is_on_the_disk(tmp_path: Path) -> None:
    file = open_file(tmp_path / "log.db")

    settings = [
        file.writer.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    file.close()

    assert settings == ["wal", 2]  # FULL
