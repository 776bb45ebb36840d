"""Programs of a target run in a group of their own, are heard, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.program import MOST_BYTES, Program
from conformance.verdict import Unjudged

DEADLINE = 10.0
# Starts a child that would live on, and tells its process id
PARENT = (
    "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); import time; time.sleep(60)"
)


def until(ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.01)
    return ready()


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def python(code: str, *, dialogue: bool = False) -> Program:
    return Program("process.start", [sys.executable, "-c", code], dialogue=dialogue)


def test_a_program_that_there_is_not_is_named() -> None:
    with pytest.raises(Unjudged, match=r"process\.start: cannot run `/no/such-thing`: No such file"):
        Program("process.start", ["/no/such-thing"])


@pytest.mark.parametrize(
    ("code", "end"),
    [("raise SystemExit(3)", "exit code 3"), ("import os; os.kill(os.getpid(), 9)", "SIGKILL")],
    ids=["exit", "signal"],
)
def test_an_end_is_told(code: str, end: str) -> None:
    program = python(code)

    assert program.wait(DEADLINE)
    assert program.end == end
    program.kill()


def test_both_outputs_are_heard_and_made_harmless() -> None:
    program = python("import sys; print('one\\x1b[31m'); print('two', file=sys.stderr)")
    program.wait(DEADLINE)
    program.kill()

    assert program.said in {
        "the last that it said: one\\x1b[31m | two",
        "the last that it said: two | one\\x1b[31m",
    }


def test_what_is_kept_of_an_endless_output_is_bounded() -> None:
    program = python("print('x' * 1_000_000); print('end', flush=True); import time; time.sleep(60)")

    assert until(lambda: program.said.endswith("end"))
    assert len(program._said) <= MOST_BYTES
    program.kill()


def test_a_program_is_killed_with_its_children() -> None:
    program = python(PARENT)
    assert until(lambda: "said: " in program.said)
    child = int(program.said.rpartition(" ")[2])
    assert lives(child)

    program.kill()
    program.kill()

    assert not lives(program.pid)
    assert until(lambda: not lives(child))


def test_nothing_stays_when_the_suite_itself_is_killed() -> None:
    code = (
        "import sys, time; from conformance.program import Program;"
        "one = Program('k', ['sh', '-c', 'sleep 60; true']);"
        "print(one.pid, flush=True); time.sleep(60)"
    )
    suite = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert suite.stdout is not None
    with suite.stdout:
        pid = int(suite.stdout.readline())
    assert lives(pid)

    os.kill(suite.pid, signal.SIGKILL)
    suite.wait(DEADLINE)

    assert until(lambda: not lives(pid))
