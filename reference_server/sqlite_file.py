"""The file of a durable log: locked, recognised, checked, made. What is not ours stays untouched."""

import fcntl
import os
import secrets
import sqlite3
from pathlib import Path
from typing import NamedTuple

from reference_server.log import UnusableError

__all__ = ["LogFile", "open_file"]

APPLICATION = 0x45764261  # "EvBa", at offset 68 of a SQLite file's header
VERSION = 1  # at offset 60
MAGIC = b"SQLite format 3\0"
SCHEMA = f"""
BEGIN;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
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
INSERT INTO epoch VALUES ('{{epoch}}');
COMMIT;
"""


class LogFile(NamedTuple):
    """An open file: its lock, and a connection each for the writer and the reader."""

    lock: int  # a file descriptor
    writer: sqlite3.Connection
    reader: sqlite3.Connection
    epoch: str

    def close(self) -> None:
        """The lock last: closing any descriptor of the file would drop SQLite's own locks on it."""
        self.reader.close()
        self.writer.close()
        os.close(self.lock)


def open_file(path: Path) -> LogFile:
    """Open the log, or make a new one. Raises UnusableError."""
    lock = take(path)
    try:
        is_new = recognise(path, os.pread(lock, 100, 0))
        writer, reader = connect(path), connect(path)
        try:
            prepare(writer, is_new=is_new)
            (epoch,) = writer.execute("SELECT epoch FROM epoch").fetchone()
        except BaseException:
            reader.close()
            writer.close()
            raise
    except sqlite3.Error as error:
        os.close(lock)
        raise UnusableError(
            f"the log {path} is damaged ({error}): restore a copy, or choose another file"
        ) from None
    except BaseException:
        os.close(lock)
        raise
    return LogFile(lock, writer, reader, epoch)


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


def recognise(path: Path, header: bytes) -> bool:
    """Whether the file is new, by its header: before SQLite may change it. Raises UnusableError."""
    if not header:
        return True
    if not header.startswith(MAGIC) or int.from_bytes(header[68:72]) != APPLICATION:
        raise UnusableError(f"{path} is not a log of eventbahn, and was left as it is: choose another file")
    version = int.from_bytes(header[60:64])
    if version != VERSION:
        raise UnusableError(f"the log {path} has format {version}, this eventbahn reads {VERSION}")
    return False


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)


def prepare(db: sqlite3.Connection, *, is_new: bool) -> None:
    """Make the tables or check them. Raises sqlite3.Error."""
    if is_new:
        db.executescript(SCHEMA.format(epoch=secrets.token_hex(4)))
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # an acknowledged event survives a power cut
    db.execute("PRAGMA wal_autocheckpoint = 0")  # the writer does it between two groups
