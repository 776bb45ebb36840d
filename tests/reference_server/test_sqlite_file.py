"""Files that are not a log, not whole, or not free: each is refused with a sentence, and stays as it is."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reference_server.limits import Limits
from reference_server.log import Entry, Item, UnusableError
from reference_server.segments import read
from reference_server.sqlite_file import SCHEMA, open_file
from reference_server.transaction import Transactions


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


CRASH = """
import os, sys
from pathlib import Path
from reference_server.limits import Limits
from reference_server.log import Item
from reference_server.sqlite_file import SCHEMA, open_file
from reference_server.transaction import Transactions
from reference_server.transaction import Transactions
log = Transactions(open_file(Path(sys.argv[1])).writer, 100, Limits())
log.commit([[Item("c", "x" * 5000)]])
os._exit(9)
"""


def crashed(path: Path) -> None:
    """A log, and beside it what was committed last: nobody has closed it."""
    subprocess.run([sys.executable, "-P", "-c", CRASH, str(path)], check=False)


def crashed_and_damaged(path: Path) -> None:
    crashed(path)
    body = bytearray(path.read_bytes())
    body[2 * 4096 : 4 * 4096] = b"\xa5" * 8192
    path.write_bytes(body)


def copied_without_its_index(path: Path) -> None:
    crashed_and_damaged(path)
    path.with_name("log.db-shm").unlink()


def alien_crash(path: Path) -> None:
    script = "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None);"
    script += "db.execute('PRAGMA journal_mode = WAL'); db.execute('CREATE TABLE t (x)'); os._exit(9)"
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


REFUSED = {
    "text": (lambda path: path.write_text("dear diary"), "is not a log of eventbahn"),
    "another program's": (foreign, "is not a log of eventbahn"),
    "a newer format": (newer, "has format 99, this eventbahn reads 1 to "),
    "damaged": (damaged, "is damaged"),
    "damaged, after a crash": (crashed_and_damaged, "is damaged"),
    "damaged, and not all of it there": (copied_without_its_index, "is damaged"),
    "another program's, after a crash": (alien_crash, "is not a log of eventbahn"),
}


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_log_is_refused_and_left_as_it_is(
    make: Callable[[Path], None], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "log.db"
    make(path)
    before = contents(tmp_path)

    with pytest.raises(UnusableError, match=sentence):
        open_file(path)

    assert contents(tmp_path) == before


def test_what_a_crash_left_beside_the_log_is_in_it(tmp_path: Path) -> None:
    crashed(tmp_path / "log.db")
    ahead = (tmp_path / "log.db-wal").stat().st_size

    file = open_file(tmp_path / "log.db")
    (count,) = file.reader.execute("SELECT count(*) FROM events").fetchone()
    file.close()

    assert ahead > 5000
    assert count == 1


# SQLite's rollback journal (file format, 3): magic, no records, a nonce, 0 pages before, sector, page
UNDO = bytes.fromhex("d9d505f920a163d7 00000000 00000000 00000000 00000200 00001000").ljust(512, b"\0")


def test_a_log_that_was_never_finished_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        db.execute("CREATE TABLE half (x)")
    (tmp_path / "log.db-journal").write_bytes(UNDO)

    file = open_file(path)
    found = {name for (name,) in file.reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    file.close()

    assert {"segments", "latest", "seen", "epoch"} <= found
    assert "half" not in found


def epoch(path: Path) -> str:
    file = open_file(path)
    file.close()
    return file.epoch


def grow(path: Path, count: int) -> str:
    """Commit `count` events as the log does it; the epoch."""
    file = open_file(path)
    log = Transactions(file.writer, 100, Limits())
    for _ in range(count):
        file.mark.write(file.epoch, log.commit([[Item("c", "x")]]).entries[-1].sequence)
    file.close()
    return file.epoch


def restored(path: Path) -> None:
    path.write_bytes(path.with_name("backup").read_bytes())


def replaced(path: Path) -> None:
    path.with_name("backup").rename(path)


def moved_away_and_copied_back(path: Path) -> None:
    path.rename(path.with_name("moved"))
    shutil.copy(path.with_name("moved"), path)


def without_its_mark(path: Path) -> None:
    path.with_name("log.db-mark").unlink()


def with_an_empty_mark(path: Path) -> None:
    path.with_name("log.db-mark").write_bytes(b"")


@pytest.mark.parametrize(
    "change", [restored, replaced, moved_away_and_copied_back, without_its_mark, with_an_empty_mark]
)
def test_a_log_that_is_not_as_it_was_left_gets_a_new_epoch_and_says_so(
    change: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "log.db"
    old = grow(path, 3)
    shutil.copy(path, tmp_path / "backup")
    grow(path, 1)

    change(path)
    new = epoch(path)

    assert new != old
    assert "gets a new epoch" in caplog.text
    assert epoch(path) == new


def test_a_log_that_is_as_it_was_left_keeps_its_epoch(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "log.db"

    epochs = {grow(path, 3), epoch(path), grow(path, 1)}
    path = path.rename(tmp_path / "renamed.db")
    (tmp_path / "log.db-mark").rename(tmp_path / "renamed.db-mark")
    epochs.add(epoch(path))

    assert len(epochs) == 1
    assert not caplog.text


def test_a_crash_before_the_mark_is_no_restored_backup(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    old = grow(path, 3)
    marked = (tmp_path / "log.db-mark").read_bytes()
    grow(path, 2)

    (tmp_path / "log.db-mark").write_bytes(marked)

    assert epoch(path) == old


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


def test_commits_are_synced_on_every_connection(tmp_path: Path) -> None:
    file = open_file(tmp_path / "log.db")

    settings = {
        tuple(db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))
        for db in (file.writer, file.reader, file.checkpointer)
    }
    file.close()

    assert settings == {("wal", 2)}  # FULL


def test_a_log_of_an_older_format_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA)
        old = (7, "c", 'x\0"é', "e", "", None, 5, None)
        db.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", old)
    db.close()

    file = open_file(path)
    births = file.reader.execute("SELECT count(*) FROM births").fetchone()
    events = read(file.reader, 1, 1_000)
    file.close()
    open_file(path).close()

    assert births == (0,)
    assert events == [Entry(7, Item("c", 'x\0"é', "e", retry=5))]
