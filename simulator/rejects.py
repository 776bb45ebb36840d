"""Messages that the receiver refuses, kept in a file with the reason: nothing is lost without a trace."""

import json
from pathlib import Path
from typing import IO

__all__ = ["Rejects"]


class Rejects:
    """NDJSON lines `{"reason": …, "message": {…}}`, appended; the file comes with the first one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def write(self, message: bytes, reason: str) -> None:
        """Append one, at once; raises OSError."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a", encoding="utf-8")
        self._file.write(f'{{"reason":{json.dumps(reason)},"message":{message.decode()}}}\n')
        self._file.flush()

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
