"""The version of a server that has to be asked of a program: the first line that it prints."""

import shlex
import subprocess

import msgspec

from conformance.target import Target
from conformance.target.schema import Exec
from conformance.verdict import Unjudged, Verdict
from conformance.visible import visible

__all__ = ["versioned"]

SECONDS = 20.0
LONGEST = 120  # characters


def versioned(target: Target) -> Target:
    """`target` with a version that is text, or none. Raises Unjudged where the program tells none."""
    asked = target.target.version
    if not isinstance(asked, Exec):
        return target
    line = shlex.join(asked.exec)
    try:
        told = subprocess.run(
            asked.exec, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        why = f"no end after {SECONDS:g} s" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        raise _untold(line, why) from error
    lines = told.stdout.decode("utf-8", "replace").split("\n")
    version = next((shown for one in lines if (shown := visible(one.strip(), LONGEST))), "")
    if told.returncode or not version:
        said = visible(told.stderr.decode("utf-8", "replace").strip()[-LONGEST:])
        raise _untold(line, f"exit code {told.returncode}, and {said or 'not a word'}")
    server = msgspec.structs.replace(target.target, version=version)
    return msgspec.structs.replace(target, target=server)


def _untold(line: str, why: str) -> Unjudged:
    return Unjudged(Verdict.INCONCLUSIVE, f"target.version: `{line}` told none: {why}")
