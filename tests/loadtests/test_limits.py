"""Limits: raised where they may be, explained where they may not."""

import subprocess
import sys
from pathlib import Path

import pytest

from loadtests import _limits
from tests.conftest import DEADLINE


def ask(soft: int, hard: int, subscribers: int) -> str:
    """What a process with those limits of open files says to so many subscribers."""
    code = (
        "import resource\nfrom loadtests._limits import LimitError, open_files, room_for\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        f"try: room_for({subscribers})\nexcept LimitError as error: print(error)\nelse: print(open_files())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(("soft", "subscribers", "then"), [(2000, 100, 2000), (600, 1000, 1512)])
def test_the_soft_limit_is_raised_only_as_far_as_needed(soft: int, subscribers: int, then: int) -> None:
    assert ask(soft, 4000, subscribers) == str(then)


def test_a_hard_limit_that_is_too_low_is_explained() -> None:
    said = ask(600, 800, 1000)

    assert said.startswith(
        "1000 subscribers need 1512 open files and the hard limit is 800: raise it (`ulimit -Hn"
    )


def test_more_subscribers_than_ports_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "range").write_text("32768\t32777\n")
    monkeypatch.setattr(_limits, "PORTS", tmp_path / "range")

    _limits.room_for(10)
    with pytest.raises(_limits.LimitError, match="11 subscribers need as many ports, and one address has 10"):
        _limits.room_for(11)
    _limits.room_for(11, addresses=2)
    with pytest.raises(_limits.LimitError, match="2 addresses have 20: add addresses"):
        _limits.room_for(21, addresses=2)
