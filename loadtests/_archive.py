"""Where result files go: written at once or not at all. Knows nothing of what is in them."""

import gzip
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["prepare", "save"]


def prepare(path: Path) -> None:
    """Make sure, before a long run, that its result can be written. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory")
    part = _part(path)
    part.touch()
    part.unlink()


def save(document: Mapping[str, Any], path: Path) -> None:
    """Write JSON, packed where the name ends in .gz. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    part = _part(path)
    try:
        with part.open("wb") as file:
            file.write(gzip.compress(text) if path.suffix == ".gz" else text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
