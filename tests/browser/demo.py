"""`eventbahn demo` as a command, for a browser to look at."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import DEADLINE, EVENTBAHN, first_line

__all__ = ["demo_of"]


@contextmanager
def demo_of(folder: Path, *options: str) -> Iterator[str]:
    """Its base URL, on a free port; `folder` is where it runs."""
    command = [*EVENTBAHN, "demo", "--no-browser", "--port", "0", *options]
    said = folder / "said.txt"
    with said.open("w") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, cwd=folder)
        try:
            yield first_line(process)
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE)
