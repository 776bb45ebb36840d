"""A program in a process of its own, as gevent's hub needs it, which owns the process that it runs in."""

import subprocess
import sys

from tests.conftest import DEADLINE

__all__ = ["alone"]


def alone(program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What it said; raises CalledProcessError if it failed, and TimeoutExpired."""
    command = [sys.executable, "-P", "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=True)
