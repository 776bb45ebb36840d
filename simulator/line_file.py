"""A file to which whole lines are added: each addition is there entirely, or not at all. Knows no format."""

import os
from pathlib import Path

__all__ = ["LineFile", "UnwritableError"]


class UnwritableError(OSError):
    """A file that cannot be written; says which, and why."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path}: cannot be written: {error.strerror or error}")


class LineFile:
    """Made anew, or gone on with, where half a line that a crash has left is cut. Raises UnwritableError."""

    def __init__(self, path: Path, *, anew: bool) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w+b" if anew else "a+b", buffering=0)
            self._file.seek(0)
            self.before = self._file.read().rpartition(b"\n")[0]  # the lines that were there
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
