"""Storms: when they strike, and the user's own ways to cut streams."""

import sys
import time

import httpx
import pytest

from loadtests._plan import Plan, Step
from loadtests._storm import StormError, hook, storms
from tests.loadtests.conftest import stub


def test_each_storm_strikes_when_its_phase_has_settled() -> None:
    steps = (
        Step("a", 1, 1, 0, 0.1),
        Step("b", 1, 1, 0.1, 0.1, storm=True),
        Step("c", 1, 1, 0, 0.1, storm=True),
    )
    plan, struck = Plan.of(steps, time.time_ns()), list[int]()

    storms(plan, lambda: struck.append(time.time_ns()))

    assert len(struck) == 2
    assert all(ns >= phase.judged_ns for ns, phase in zip(struck, plan.phases[1:], strict=True))


def test_a_url_is_posted_to() -> None:
    with stub() as url:
        hook(f"{url}/cut")
        counts = httpx.get(f"{url}/stats", trust_env=False).json()

    assert counts == {"cut": 0}


def test_a_command_is_run() -> None:
    hook(f"{sys.executable} -c 'raise SystemExit(0)'")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("http://127.0.0.1:9/cut", "Connection refused"),
        (f"{sys.executable} -c 'raise SystemExit(\"no such unit\")'", "exit code 1: no such unit"),
        ("no-such-program --now", "No such file"),
        ("unclosed 'quote", "No closing quotation"),
    ],
    ids=["nobody listens", "it fails", "there is none", "it cannot be read"],
)
def test_a_hook_that_fails_says_so(what: str, said: str) -> None:
    with pytest.raises(StormError) as failed:
        hook(what)

    assert str(failed.value).startswith(what)
    assert said in str(failed.value)
