"""The machine, looked at from here."""

import os
import subprocess
import sys

import psutil
import pytest

from loadtests._vitals import ClockGuard, Vitals, domain, environment


def test_a_server_is_watched_until_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        vitals = Vitals(server.pid)
        _, watched = vitals.sample()
        server.communicate(b"\n")
    own, gone = vitals.sample()

    assert watched is not None
    assert watched.rss_mb > 0
    assert own.rss_mb > 0
    assert gone is None


def test_a_process_that_is_not_there_is_refused() -> None:
    with pytest.raises(psutil.NoSuchProcess):
        Vitals(2**22 + 1)


def test_a_clock_that_nobody_sets_does_not_step() -> None:
    guard = ClockGuard()

    guard.check()

    assert guard.step_us < 1_000


def test_processes_of_one_machine_share_a_clock() -> None:
    asked = [sys.executable, "-P", "-c", "from loadtests._vitals import domain; print(domain())"]

    assert subprocess.check_output(asked, text=True).strip() == domain()


def test_the_environment_says_what_a_figure_depends_on() -> None:
    found = environment(kernel_stamps=True, open_files=20_000, locust="2.47.0")

    assert found["cpus"] == os.cpu_count()
    assert (found["kts"], found["ulimit_n"], found["locust"]) == (True, 20_000, "2.47.0")
