"""One target, started on free ports and judged by the command that users have. Keeps what may be shown."""

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from socket import create_server
from typing import Any, NamedTuple

import msgspec

from tests.matrix.published import published
from tests.peers.recipe import Recipe

__all__ = ["Judged", "UnjudgedError", "judge"]

PORTS, TRIES = range(20_000, 32_000), 100
MINUTES = 900.0  # seconds, for a run on a busy machine
SHOWN = 300  # characters of what a command said last


class UnjudgedError(Exception):
    """A sentence: why there is no result."""


class Judged(NamedTuple):
    """A result, its file, and what its top says."""

    name: str
    version: str
    coverage: float
    told: str
    file: Path


def judge(target: Recipe, folder: Path, only: str = "") -> Judged:
    """Run the suite, or `only` these rows, against a target; its result lies in `folder`.

    Raises UnjudgedError.
    """
    file = folder / f"{target.key}.json"
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="eventbahn-") as scratch:
        raw = Path(scratch) / "result.json"
        environ = target.environ(Path(scratch), **free_ports(target.ports))
        command = [sys.executable, "-P", "-m", "eventbahn", "check", str(target.file)]
        try:
            done = subprocess.run(
                [*command, "--allow-exec", "--sse-only", only, "--sse-json", str(raw)],
                env=environ,
                capture_output=True,
                text=True,
                timeout=MINUTES,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnjudgedError(f"no end after {MINUTES:g} s") from None
        if not raw.exists():
            raise UnjudgedError((done.stdout + done.stderr).strip()[-SHOWN:])
        file.write_bytes(published(raw.read_bytes()))
    return told(target.name, file)


def told(name: str, file: Path) -> Judged:
    result: dict[str, Any] = msgspec.json.decode(file.read_bytes())
    summary = result["summary"]
    counts = ", ".join(f"{count} {verdict}" for verdict, count in summary["counts"].items())
    coverage = summary["coverage"]
    version = str(result["target"].get("version") or "")
    return Judged(name, version, coverage, f"{100 * coverage:.0f} % judged: {counts}", file)


def free_ports(names: list[str]) -> dict[str, int]:
    """A port for each name, none of those that connections are given for their own end."""
    return dict(zip(names, filter(free, random.sample(PORTS, TRIES)), strict=False))


def free(port: int) -> bool:
    try:
        create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
