"""The mark beside a log, `FILE-mark`: whether the file is still the one that was last written here.

A backup that was put back would give ids a second time. So after each commit the mark says where the log
stands, and a log that the mark does not vouch for gets a new epoch: one that went back, was copied, or moved
without its mark. Not noticed is what takes the mark along and keeps the inode: a whole disk rolled back, or
both files written over in place; and after a power cut, a backup of the last moments before it.
"""

import os
from contextlib import suppress
from pathlib import Path

from reference_server.log import UnusableError

__all__ = ["Mark"]

LENGTH = 80  # bytes, padded: so that writing over it needs no room, and leaves nothing behind


class Mark:
    """One line: the log's epoch, its newest sequence, and the inode of its file."""

    def __init__(self, log: Path) -> None:
        """Raises UnusableError."""
        path = log.with_name(f"{log.name}-mark")
        try:
            self._inode = log.stat().st_ino
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise UnusableError(f"cannot open {path}, which belongs to the log: {error.strerror}") from None

    def vouches(self, epoch: str, newest: int) -> bool:
        """Whether this is the log that was here, not behind what was acknowledged."""
        match os.pread(self._file, LENGTH, 0).split():
            case [marked, number, inode] if number.isdigit():
                same = (marked, inode) == (epoch.encode(), b"%d" % self._inode)
                return same and int(number) <= newest
            case _:
                return False

    def write(self, epoch: str, newest: int) -> None:
        """To be called after a commit, never before. It is not synced: to be late is to be careful."""
        line = b"%s %d %d" % (epoch.encode(), newest, self._inode)
        with suppress(OSError):  # a full disk, perhaps: an older mark vouches for less, and nothing is wrong
            os.pwrite(self._file, line.ljust(LENGTH - 1) + b"\n", 0)

    def sync(self) -> None:
        """Once, so that later writes go over what is on the disk already."""
        with suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)
