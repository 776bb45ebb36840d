"""Messages that the receiver refuses, kept in a file with the reason: nothing is lost without a trace."""

import json
from pathlib import Path

from .line_file import LineFile

__all__ = ["Rejects"]


class Rejects:
    """NDJSON lines `{"reason": …, "message": {…}}`, appended; the file comes with the first one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: LineFile | None = None

    def write(self, message: bytes, reason: str) -> None:
        """Append one, at once; raises UnwritableError."""
        if self._file is None:
            self._file = LineFile(self.path, anew=False)
        self._file.add(f'{{"reason":{json.dumps(reason)},"message":{message.decode()}}}\n'.encode())

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
