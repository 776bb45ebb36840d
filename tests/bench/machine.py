"""What the bench runs on: which core is the server's, which is ours, and how many descriptors there are."""

import os
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

__all__ = ["Cores", "cores", "crowded", "described", "on", "raise_descriptors"]

SPARE = 200  # descriptors that are no stream's
IDLE = 0.3  # load average per core


class Cores(NamedTuple):
    """The same one twice where a machine has no other."""

    server: int
    generator: int


def cores() -> Cores:
    """The last two that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[-1], allowed[-2] if len(allowed) > 1 else allowed[-1])


@contextmanager
def on(core: int) -> Iterator[None]:
    """Run on one core, as do the processes that are started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_descriptors() -> int:
    """As many as the system allows, for us and those that we start. How many streams that is enough for."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most - SPARE


def crowded(before: float) -> str:
    """A sentence on work that is not ours, from the load average before the run; empty if there was none."""
    count = os.cpu_count() or 1
    if before < IDLE * count:
        return ""
    return (
        f"the machine was busy with other work (load {before:.1f} on {count} cores before the run): "
        "rates and latencies are of both, CPU times less so; compare within this run only"
    )


def described() -> dict[str, object]:
    """For the result file."""
    return {
        "cpu": model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg(),
    }


def model() -> str:
    """As /proc/cpuinfo names it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
