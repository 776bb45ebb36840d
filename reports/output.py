"""A file that is there whole or not at all. A half-written page would look like a short one."""

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["write"]


def write(path: Path, pieces: Iterable[str]) -> None:
    """Put a text at `path`, replacing what is there only when all of it is on the disk. Raises OSError."""
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("w", encoding="utf-8") as pipe:  # or /dev/stdout: written to, never replaced
            pipe.writelines(pieces)
        return
    target = path.resolve()
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
