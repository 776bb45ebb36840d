"""Starts the reference server as a command, for a run that names no target. Imports nothing of it."""

import contextlib
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from conformance.target import TARGETS, Target, load
from conformance.verdict import Unjudged, Verdict

__all__ = ["reference"]

HEARTBEAT = "0.3"  # seconds: quick to watch
START_SECONDS = 20.0
STOP_SECONDS = 5.0
COMMAND = [sys.executable, "-P", "-m", "eventbahn", "serve", "--port", "0", "--log", "memory"]
INSTALL = "pip install 'eventbahn[server]'"
TOKENS = {"EVENTBAHN_TOKEN", "EVENTBAHN_READ_TOKEN"}  # of a server of the user's, not of this one


@contextlib.contextmanager
def reference(environ: Mapping[str, str] = os.environ) -> Iterator[Target]:
    """The target that a fresh reference server is. Raises Unjudged when it does not start."""
    if find_spec("aiohttp") is None:
        raise Unjudged(
            Verdict.INCONCLUSIVE, f"no target was named, and there is no server of ours: {INSTALL}"
        )
    with tempfile.TemporaryFile() as errors:
        command = [*COMMAND, "--heartbeat", HEARTBEAT]
        ours = {name: value for name, value in os.environ.items() if name not in TOKENS}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=ours)
        try:
            url = _first_line(process)
            if not url:
                errors.seek(0)
                said = errors.read().decode("utf-8", "replace").strip() or "it said nothing"
                raise Unjudged(Verdict.INCONCLUSIVE, f"the reference server did not start: {said}")
            promised = {**environ, "EVENTBAHN_URL": url, "EVENTBAHN_HEARTBEAT": f"{HEARTBEAT}s"}
            yield load(str(TARGETS / "eventbahn.toml"), promised)
        finally:
            _stop(process)


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(START_SECONDS)
    return process.stdout.readline().decode().strip() if ready else ""


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
