"""The moments of a plan at which every stream is cut: by ourselves, or by whatever the user has for it."""

import shlex
import subprocess
import time
from collections.abc import Callable

import gevent
import httpx

from loadtests._plan import SECOND, Plan

__all__ = ["StormError", "hook", "storms"]

HOOK_SECONDS = 30.0
SHOWN = 200  # characters of what a hook said


class StormError(Exception):
    """The user's own way to cut streams failed; the message says how."""


def storms(plan: Plan, strike: Callable[[], None]) -> None:
    """Strike when each storm is due; parks the calling greenlet until the last one."""
    for phase in plan.phases:
        if phase.step.storm:
            gevent.sleep(max(0.0, (phase.judged_ns - time.time_ns()) / SECOND))
            strike()


def hook(what: str) -> None:
    """POST to a URL, or run a command, to its end. Raises StormError."""
    if what.startswith(("http://", "https://")):
        _post(what)
    else:
        _run(what)


def _post(url: str) -> None:
    try:
        answer = httpx.post(url, timeout=HOOK_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise StormError(f"{url}: {error}") from error
    if not answer.is_success:
        raise StormError(f"{url}: HTTP {answer.status_code}")


def _run(command: str) -> None:
    try:
        done = subprocess.run(
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=HOOK_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise StormError(f"{command}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-SHOWN:]
        raise StormError(f"{command}: exit code {done.returncode}: {said}")
