"""A run that names no target describes a server of ours, which the suite starts, or says what to install."""

import os
import urllib.request
from pathlib import Path

import pytest

from conformance import reference as module
from conformance.process import running
from conformance.reference import described, reference
from conformance.target import load
from conformance.verdict import Unjudged

SECONDS = 10.0


def test_the_server_can_be_started_stopped_and_started_again() -> None:
    with reference(os.environ) as target, running(target) as process:
        url = target.target.base_url
        assert process is not None
        for _ in range(2):
            with urllib.request.urlopen(f"{url}/healthz", timeout=SECONDS) as answer:
                assert answer.status == 200
            process.stop()
            process.start()

    assert target.heartbeat is not None
    assert target.heartbeat.interval == float(module.HEARTBEAT)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/healthz", timeout=SECONDS)


def test_a_users_own_tokens_are_not_those_of_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENTBAHN_TOKEN", "secret")

    with reference(os.environ) as target, running(target):
        url, headers = f"{target.target.base_url}/snapshot", target.auth["main"].headers
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=dict(headers)), timeout=SECONDS
        ) as answer:
            assert answer.status == 200
        with pytest.raises(OSError, match="401"):
            urllib.request.urlopen(
                urllib.request.Request(url, headers={"Authorization": "Bearer secret"}), timeout=SECONDS
            )


@pytest.mark.parametrize(("log", "volatile"), [("sqlite", False), ("memory", True)])
def test_what_survives_a_restart_is_declared(log: str, volatile: bool, tmp_path: Path) -> None:
    file, promised = described(tmp_path, "--fault", "no-ids", log=log)

    target = load(str(file), promised)

    assert target.process is not None
    assert target.process.volatile is volatile
    assert "--fault no-ids" in " ".join(target.process.start)
    assert target.limits.cap == module.CAP


def test_without_the_extra_there_is_an_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    with pytest.raises(Unjudged, match=r"pip install 'eventbahn\[server\]'"), reference(os.environ):
        pass


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    file, promised = described(tmp_path, "--no-such-flag")

    with (
        pytest.raises(Unjudged, match=r"did not get ready: exit code 2; .*--no-such-flag"),
        running(load(str(file), promised)),
    ):
        pass
