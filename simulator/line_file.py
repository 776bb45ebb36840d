"""A file to which whole lines are added: each addition is there entirely, or not at all. Knows no format."""

import fcntl
import os
from pathlib import Path
from typing import IO

__all__ = ["LineFile", "UnwritableError"]


class UnwritableError(OSError):
    """A file that cannot be written; says which, and why."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path}: cannot be written: {error.strerror or error}")


class LineFile:
    """Made anew, or gone on with, where half a line that a crash has left is cut; open to one run at a time.

    Raises UnwritableError.
    """

    def __init__(self, path: Path, *, anew: bool) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b", buffering=0)
            _lock(self._file)
            self._file.seek(0)
            self.before = b"" if anew else self._file.read().rpartition(b"\n")[0]  # the lines that were there
            self._size = len(self.before) + 1 if self.before else 0
            self._file.truncate(self._size)
        except OSError as error:
            raise UnwritableError(path, error) from error

    def add(self, lines: bytes) -> None:
        """Write at the end, at once."""
        try:
            self._file.seek(0, os.SEEK_END)
            if (written := self._file.write(lines)) != len(lines):  # nearly full: what has room comes first
                self._file.write(lines[written:])
        except OSError as error:
            self._file.truncate(self._size)
            raise UnwritableError(self.path, error) from error
        self._size += len(lines)

    def close(self) -> None:
        """No more will come."""
        self._file.close()


def _lock(file: IO[bytes]) -> None:
    """For as long as it is open; raises OSError."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise OSError(error.errno, "another run is writing it") from error
