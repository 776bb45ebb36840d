"""A file of limits: what it may say, and what is said to whoever got it wrong."""

import subprocess
from pathlib import Path

import pytest

from reference_server.config import limits_from
from reference_server.limits import Limits
from reference_server.log import UnusableError
from tests.conftest import DEADLINE, EVENTBAHN


def test_what_a_file_does_not_name_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text("[limits]\nbody = 1_000\nstall_seconds = 5\n")

    assert limits_from(str(file)) == Limits(body=1000, stall_seconds=5.0)


WRONG = {
    "a key": ("[limits]\nbodi = 1", "limits.bodi is unknown: did you mean 'body'?"),
    "a key like no other": ("[limits]\nxyzxyz = 1", "expected one of body, "),
    "a table": ("[limit]\nbody = 1", "limit is unknown: did you mean 'limits'?"),
    "no table": ("limits = 3", r"limits is not a table: expected \[limits\]"),
    "text": ("[limits]\nbody = '1'", "limits.body is '1': expected a whole number from 1"),
    "true": ("[limits]\nbody = true", "limits.body is True"),
    "a fraction": ("[limits]\nbody = 1.5", "limits.body is 1.5"),
    "zero": ("[limits]\nbatch = 0", "limits.batch is 0"),
    "no time": ("[limits]\nidle_seconds = 0", "expected seconds, a number above 0"),
    "for ever": ("[limits]\nidle_seconds = inf", "limits.idle_seconds is inf"),
    "no TOML": ("[limits", "is not TOML: Expected"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text)

    with pytest.raises(UnusableError, match=f"limits.toml.*{said}"):
        limits_from(str(file))


def test_a_file_that_is_not_there_is_usage(tmp_path: Path) -> None:
    done = subprocess.run(
        [*EVENTBAHN, "serve", "--config", "nowhere.toml"],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
        cwd=tmp_path,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot read nowhere.toml: No such file" in done.stderr
