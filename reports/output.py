"""A file that is there whole or not at all. A half-written page would look like a short one."""

import os
from pathlib import Path

__all__ = ["write"]


def write(path: Path, text: str) -> None:
    """Put `text` at `path`, replacing what is there only when all of it is on the disk. Raises OSError."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_text(text, encoding="utf-8")  # a pipe or /dev/stdout is written to, never replaced
        return
    target = path.resolve()
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
