"""The generator's own process while a run lasts: CPU and memory, once a second. Judges nothing."""

import os
import platform
import socket
from typing import Any, NamedTuple

import psutil

__all__ = ["Usage", "Vitals", "environment"]


class Usage(NamedTuple):
    """One process over one second."""

    cpu_percent: float
    rss_mb: float


class Vitals:
    """Usage of a process, our own unless a pid is given."""

    def __init__(self, pid: int | None = None) -> None:
        """Raises psutil.Error when there is no such process."""
        self._process = psutil.Process(pid)
        self.sample()  # CPU is counted from the call before

    def sample(self) -> Usage:
        """Raises psutil.Error when the process has ended."""
        return Usage(self._process.cpu_percent(), self._process.memory_info().rss / 1e6)


def environment(*, kernel_stamps: bool, open_files: int, locust: str) -> dict[str, Any]:
    """The `env` of the result file."""
    return {
        "host": socket.gethostname(),
        "cpus": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "kernel": platform.release(),
        "python": platform.python_version(),
        "locust": locust,
        "kts": kernel_stamps,
        "ulimit_n": open_files,
        "pinning": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
    }
