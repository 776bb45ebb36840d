"""A file that is there whole or not at all. A half-written page would look like a short one."""

import os
from pathlib import Path

__all__ = ["write"]


def write(path: Path, text: str) -> None:
    """Put `text` at `path`, replacing what is there only when all of it is on the disk. Raises OSError."""
    target = path.resolve()
    if target.exists() and not target.is_file() and not target.is_dir():
        target.write_text(text, encoding="utf-8")  # a pipe or /dev/stdout is written to, never replaced
        return
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
