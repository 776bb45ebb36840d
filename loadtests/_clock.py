"""Wall clocks: which one a process has, and whether somebody set it. Compares none with another."""

import hashlib
import platform
import time
from pathlib import Path

__all__ = ["ClockGuard", "domain"]

BOOT, TIME_NAMESPACE = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/time")  # Linux
TIGHT_NS = 50_000


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
    """Names the clock: processes with the same name share one, so their stamps compare exactly.

    Linux gives every time namespace the same time of day (time_namespaces(7)). It is taken as another clock
    nevertheless: a process whose time is faked has no other sign of it, and can be put into one. Where there
    is no such deception that costs exactness, and nothing else: the two are compared within a bound.
    """
    try:
        named = f"{BOOT.read_text(encoding='ascii').strip()} {TIME_NAMESPACE.stat().st_ino}"
    except OSError:
        named = platform.node()
    return hashlib.blake2b(named.encode(), digest_size=4).hexdigest()
