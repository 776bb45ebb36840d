"""The file of a durable log: locked, recognised, checked, made. What is not ours stays untouched."""

import fcntl
import logging
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from reference_server.log import UnusableError
from reference_server.mark import Mark
from reference_server.segments import extent

__all__ = ["FULL", "LogFile", "open_file"]

LOGGER = logging.getLogger("eventbahn.server")
APPLICATION = 0x45764261  # "EvBa", at offset 68 of a SQLite file's header
FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # ERROR: no such table
SCHEMA = f"""
BEGIN;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = 1;
CREATE TABLE epoch (epoch TEXT NOT NULL);
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY, channel TEXT NOT NULL, data TEXT NOT NULL, event TEXT NOT NULL,
    device TEXT NOT NULL, id TEXT, retry INTEGER, comment TEXT
);
CREATE TABLE latest (device TEXT PRIMARY KEY, sequence INTEGER NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seen (
    device TEXT, boot INTEGER, block INTEGER, bits BLOB NOT NULL, touched REAL NOT NULL,
    PRIMARY KEY (device, boot, block)
) WITHOUT ROWID;
COMMIT;
"""
STEPS = (  # from each format to the next, 1 to 2 first
    "CREATE TABLE births (device TEXT PRIMARY KEY, boot INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID",
    "ALTER TABLE events ADD committed REAL NOT NULL DEFAULT 0; UPDATE events SET committed = unixepoch()",
    """CREATE TABLE figures (
        device TEXT PRIMARY KEY, boot INTEGER, kept INTEGER, duplicates INTEGER,
        first INTEGER, last INTEGER, digest BLOB, gaps TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE segments (
        first INTEGER PRIMARY KEY, count INTEGER NOT NULL, items TEXT NOT NULL, committed REAL NOT NULL
    );
    INSERT INTO segments SELECT
        sequence, 1, json_array(json_array(channel, data, event, device, NULL, id, retry, comment)), committed
        FROM events;
    DROP TABLE events;
    CREATE VIEW events AS SELECT
        first + each.key AS sequence, each.value ->> 0 AS channel, each.value ->> 1 AS data,
        each.value ->> 2 AS event, each.value ->> 3 AS device, each.value ->> 5 AS id,
        each.value ->> 6 AS retry, each.value ->> 7 AS comment, committed
        FROM segments, json_each(items) AS each""",  # for people: nothing of ours reads it
)
VERSION = 1 + len(STEPS)  # at offset 60


class LogFile(NamedTuple):
    """An open file: its lock, connections for a thread each, and its mark."""

    path: Path
    lock: int  # a file descriptor
    writer: sqlite3.Connection
    reader: sqlite3.Connection
    checkpointer: sqlite3.Connection
    mark: Mark
    epoch: str

    def close(self) -> None:
        """The lock last: closing any descriptor of the file would drop SQLite's own locks on it."""
        for db in (self.reader, self.checkpointer, self.writer):
            db.close()
        self.mark.close()
        os.close(self.lock)


def open_file(path: Path) -> LogFile:
    """Open the log, or make a new one. Raises UnusableError."""
    lock = take(path)
    opened: list[sqlite3.Connection] = []
    try:
        if os.fstat(lock).st_size:
            recognise(path)
        for _ in range(3):
            opened.append(connect(path))
            prepare(opened[-1])
        mark = Mark(path)
        epoch = epoch_of(path, opened[0], mark)
    except BaseException as error:
        for db in opened:
            db.close()
        os.close(lock)
        if isinstance(error, sqlite3.Error):
            raise UnusableError(sentence(path, error)) from None
        raise
    writer, reader, checkpointer = opened
    return LogFile(path, lock, writer, reader, checkpointer, mark, epoch)


def take(path: Path) -> int:
    """The file's descriptor, locked. SQLite's own locks are of another kind, so the two do not meet."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise UnusableError(f"cannot open the log {path}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise UnusableError(
            f"the log {path} is in use by another server: stop it, or choose another file"
        ) from None
    return lock


def sentence(path: Path, error: sqlite3.Error) -> str:
    """What is wrong, and what to do."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    if code in FULL:
        return f"cannot open the log {path}, the disk is full: make room"
    if code & 0xFF in DAMAGED:
        return f"the log {path} is damaged ({error}): restore a copy, or choose another file"
    return f"cannot open the log {path}: {error}"


def recognise(path: Path) -> None:
    """Whether this is a log, whole and of our version, without a change to it. Raises UnusableError."""
    with looking(path) as db:
        try:
            (application,) = db.execute("PRAGMA application_id").fetchone()
        except sqlite3.DatabaseError:
            application = None
        if application != APPLICATION:
            raise UnusableError(
                f"{path} is not a log of eventbahn, and was left as it is: choose another file"
            )
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if not 1 <= version <= VERSION:
            raise UnusableError(f"the log {path} has format {version}, this eventbahn reads 1 to {VERSION}")
        if beside(path, "journal").exists():
            return  # a crash while the file was made: SQLite takes that back when it is opened
        (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that leaves the file, and those beside it, as they are. What a crash left is read too."""
    index = beside(path, "shm")
    ahead = beside(path, "wal")
    crashed = ahead.exists() and ahead.stat().st_size > 0
    missing = crashed and not index.exists()
    if missing:
        index.touch()  # empty: SQLite then keeps the index in memory, but wants to see the file
    how = "mode=ro&readonly_shm=1" if crashed else "immutable=1"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True)) as db:
            yield db
    finally:
        if missing:
            index.unlink()


def beside(path: Path, kind: str) -> Path:
    """A file of SQLite's own."""
    return path.with_name(f"{path.name}-{kind}")


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables where there are none, and see to it that a commit is on the disk.

    Raises sqlite3.Error, or UnusableError where the file system cannot do it.
    """
    if db.execute("SELECT 1 FROM sqlite_schema").fetchone() is None:
        db.executescript(SCHEMA)
    (version,) = db.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(STEPS[version - 1 :], version + 1):
        db.executescript(f"BEGIN; {step}; PRAGMA user_version = {number}; COMMIT;")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # an acknowledged event survives a power cut
    db.execute("PRAGMA wal_autocheckpoint = 0")  # a thread of its own does it
    for name, wanted in {"journal_mode": "wal", "synchronous": 2}.items():
        (found,) = db.execute(f"PRAGMA {name}").fetchone()
        if found != wanted:
            raise UnusableError(
                f"SQLite has {name} {found} here, and a log needs {wanted}: choose another disk"
            )


def epoch_of(path: Path, db: sqlite3.Connection, mark: Mark) -> str:
    """The log's epoch: a new one if the file is new, or not the one that was here. Raises sqlite3.Error."""
    _, newest = extent(db)
    row = db.execute("SELECT epoch FROM epoch").fetchone()
    epoch = row[0] if row else ""
    if not mark.vouches(epoch, newest):
        if newest:
            LOGGER.warning(
                "%s is not as it was left here (restored, copied or moved?): "
                "it gets a new epoch, and clients that come back are told to start over",
                path,
            )
        epoch = secrets.token_hex(4)
        db.execute("DELETE FROM epoch")
        db.execute("INSERT INTO epoch VALUES (?)", (epoch,))
    mark.write(epoch, newest)
    mark.sync()
    return epoch
