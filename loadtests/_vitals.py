"""The machine while a run lasts: CPU, memory, the wall clock, once a second. Judges nothing."""

import os
import platform
import socket
import time
from typing import Any, NamedTuple

import psutil

__all__ = ["ClockGuard", "Usage", "Vitals", "domain", "environment"]

TIGHT_NS = 50_000


class Usage(NamedTuple):
    """One process over one second."""

    cpu_percent: float
    rss_mb: float


class Vitals:
    """Usage of the generator itself and, when its pid is given, of the server."""

    def __init__(self, server_pid: int | None = None) -> None:
        """Raises psutil.Error when there is no such process."""
        self._own = psutil.Process()
        self._server = psutil.Process(server_pid) if server_pid else None
        self.sample()  # CPU is counted from the call before

    def sample(self) -> tuple[Usage, Usage | None]:
        own = _usage(self._own)
        try:
            return own, _usage(self._server) if self._server else None
        except psutil.Error:
            self._server = None  # it has ended; the run will say so in its own way
            return own, None


def _usage(process: psutil.Process) -> Usage:
    return Usage(process.cpu_percent(), process.memory_info().rss / 1e6)


class ClockGuard:
    """Sees steps of the wall clock: both clocks are slewed alike, only the wall clock is set."""

    def __init__(self) -> None:
        self._start_ns = self._offset_ns()
        self.step_us = 0

    def check(self) -> None:
        self.step_us = max(self.step_us, abs(self._offset_ns() - self._start_ns) // 1000)

    @staticmethod
    def _offset_ns() -> int:
        best, offset = 1 << 62, 0
        for _ in range(10):  # the process may be put aside between two readings
            before = time.monotonic_ns()
            wall = time.time_ns()
            took = time.monotonic_ns() - before
            if took < best:
                best, offset = took, wall - before
            if best < TIGHT_NS:
                break
        return offset


def domain() -> str:
    """Names the clock: processes with the same name share one, so their stamps compare exactly."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123 - not a real file
            return f"{file.read().strip()[:8]}-{os.stat('/proc/self/ns/time').st_ino}"  # noqa: PTH116 - as above
    except OSError:
        return platform.node()


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
