"""Whatever listens at the other end: a verdict or exit code 3, soon, in little memory and in good order."""

import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conformance.bad_server import BAD, misbehaving
from tests.conftest import EVENTBAHN

MINUTES = 150.0  # seconds
MOST_MEMORY = 1024  # MiB, of the largest of the processes
BAD_VERDICT, NOT_JUDGED = 1, 3
EXPECTED = {
    "hangs after accept": NOT_JUDGED,
    "a head without end": NOT_JUDGED,
    "100 MB of garbage": NOT_JUDGED,
    "100 MB of garbage as a stream": BAD_VERDICT,
    "a line without end": BAD_VERDICT,
    "a redirect loop": NOT_JUDGED,
    "dies in the middle": BAD_VERDICT,
    "closes at once": NOT_JUDGED,
    "speaks to the terminal": BAD_VERDICT,
}


TARGET = """\
schema = 1
[target]
name = "bad"
base_url = "{base}"
[subscribe]
path = "/events"
[heartbeat]
interval = "300ms" # so that nobody has to listen to silence for long
"""


class Done(NamedTuple):
    """How a command ended: `memory` in MiB."""

    code: int
    said: str
    memory: int


def check(url: str, folder: Path) -> Done:
    said, target = folder / "said", folder / "bad.toml"
    target.write_text(TARGET.format(base=url.removesuffix("/events")))
    options = ["--html", str(folder / "page.html"), "--sse-json", str(folder / "result.json")]
    with said.open("wb") as file:
        process = subprocess.Popen([*EVENTBAHN, "check", str(target), *options], stdout=file, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Done(process.returncode, said.read_text(), usage.ru_maxrss // 1024)


@pytest.mark.timeout(MINUTES)
@pytest.mark.parametrize("name", BAD)
def test_a_bad_target_gets_a_verdict_and_does_no_harm(name: str, tmp_path: Path) -> None:
    with misbehaving(BAD[name]) as url:
        done = check(url, tmp_path)

    assert (done.code, done.memory < MOST_MEMORY) == (EXPECTED[name], True), done.said
    assert "Traceback" not in done.said
    assert "\x1b" not in done.said
    assert json.loads((tmp_path / "result.json").read_text())["exit_code"] == done.code
    assert "<script>alert" not in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:1/events", "Connection refused"),
        ("http://no-such-host.invalid/events", "no-such-host.invalid"),
    ],
    ids=["down", "no such host"],
)
def test_what_cannot_be_reached_is_exit_code_3(url: str, why: str, tmp_path: Path) -> None:
    done = check(url, tmp_path)

    assert (done.code, why in done.said, "Traceback" in done.said) == (NOT_JUDGED, True, False), done.said


def test_a_server_without_tls_behind_an_https_url_is_exit_code_3(tmp_path: Path) -> None:
    with misbehaving(BAD["closes at once"]) as url:
        done = check(url.replace("http:", "https:"), tmp_path)

    assert (done.code, "TLS" in done.said, "Traceback" in done.said) == (NOT_JUDGED, True, False), done.said
