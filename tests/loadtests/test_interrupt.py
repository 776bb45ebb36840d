"""A signal lets what the hub is doing come to its end. In a process of its own."""

import signal

import pytest

from tests.loadtests.alone import alone

PROGRAM = """
import os, signal, sys
import gevent
from loadtests._interrupt import interrupt_between_turns

def turn():
    os.kill(os.getpid(), number)
    print("accounted for", flush=True)

number = signal.Signals(int(sys.argv[1]))
signal.signal(number, signal.SIG_IGN if sys.argv[2:] else signal.default_int_handler)
interrupt_between_turns(number)
gevent.get_hub().loop.timer(0.01).start(turn)
try:
    gevent.sleep(1 if sys.argv[2:] else 60)
    print("slept")
except KeyboardInterrupt:
    print("interrupted")
"""


def run(*arguments: str) -> list[str]:
    done = alone(PROGRAM, *arguments)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_comes_when_the_turn_is_over(number: signal.Signals) -> None:
    assert run(str(number.value)) == ["accounted for", "interrupted"]


def test_what_is_ignored_stays_ignored() -> None:
    assert run(str(signal.SIGINT.value), "ignored") == ["accounted for", "slept"]
