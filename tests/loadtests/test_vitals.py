"""The generator's own process, looked at from here."""

import os

import psutil
import pytest

from loadtests._vitals import Vitals, environment


def test_our_own_process_uses_memory() -> None:
    assert Vitals().sample().rss_mb > 0


def test_a_process_that_is_not_there_is_refused() -> None:
    with pytest.raises(psutil.NoSuchProcess):
        Vitals(2**22 + 1)


def test_the_environment_says_what_a_figure_depends_on() -> None:
    found = environment(kernel_stamps=True, open_files=20_000, locust="2.47.0")

    assert found["cpus"] == os.cpu_count()
    assert (found["kts"], found["ulimit_n"], found["locust"]) == (True, 20_000, "2.47.0")
