"""Wall clocks, looked at from here."""

import subprocess
import sys
from pathlib import Path

import pytest

from loadtests import _clock
from loadtests._clock import ClockGuard, domain


def test_a_clock_that_nobody_sets_does_not_step() -> None:
    guard = ClockGuard()

    guard.check()

    assert guard.step_us < 1_000


def test_a_step_is_seen_and_the_largest_one_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = iter([0, 3_000_000, 1_000_000])  # ns
    monkeypatch.setattr(ClockGuard, "_offset_ns", staticmethod(lambda: next(ahead)))

    guard = ClockGuard()
    guard.check()
    guard.check()

    assert guard.step_us == 3_000


def test_processes_of_one_machine_share_a_clock() -> None:
    asked = [sys.executable, "-P", "-c", "from loadtests._clock import domain; print(domain())"]

    assert subprocess.check_output(asked, text=True).strip() == domain()


def test_where_linux_does_not_say_the_host_names_the_clock(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = domain()
    monkeypatch.setattr(_clock, "BOOT", tmp_path / "absent")

    assert domain() != here
