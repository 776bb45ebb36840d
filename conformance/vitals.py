"""Numbers that a server shows while it runs: open connections, memory, descriptors. Judges nothing."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx

from conformance.target import Target
from conformance.target.credentials import MAIN, credentials
from conformance.target.roads import at_origin
from conformance.verdict import Unjudged, Verdict

__all__ = ["connections", "descriptors", "memory"]

SECONDS = 5.0  # for a metric to be answered
PROC = Path("/proc")
GROUP = 2  # in what follows the name of a process in its `stat`
PAGE = os.sysconf("SC_PAGE_SIZE")


def connections(target: Target) -> int | None:
    """What `process.metrics.connections` says; None where none is declared. Raises Unjudged."""
    metric = target.process.metrics.connections if target.process else None
    if metric is None:
        return None
    url = metric.url if "://" in metric.url else at_origin(target).target.base_url.rstrip("/") + metric.url
    key = "process.metrics.connections"
    try:
        proof = credentials(target, MAIN) if metric.url.startswith("/") else None  # nobody else's business
        verify = target.target.tls.verify
        answer = httpx.get(url, headers=proof, trust_env=False, verify=verify, timeout=SECONDS)
        found = re.search(metric.regex, answer.raise_for_status().text)
        return int(float(found[1])) if found else _unseen(f"{key}: {url} shows nothing like {metric.regex!r}")
    except (httpx.HTTPError, ValueError) as error:
        return _unseen(f"{key}: {url}: {error}")


def memory(group: int) -> int | None:
    """Resident bytes of all processes of a group; None where this system does not tell."""
    return _total(group, lambda folder: int(_read(folder / "statm").split()[1]) * PAGE)


def descriptors(group: int) -> int | None:
    """Open descriptors of all processes of a group; None where this system does not tell."""
    return _total(group, lambda folder: sum(1 for _ in (folder / "fd").iterdir()))


def _total(group: int, number: Callable[[Path], int]) -> int | None:
    found = []
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError, ValueError):  # it has just ended, or is somebody else's
            if int(_read(folder / "stat").rpartition(")")[2].split()[GROUP]) == group:
                found.append(number(folder))
    return sum(found) if found else None


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _unseen(reason: str) -> int:
    raise Unjudged(Verdict.INCONCLUSIVE, reason)
