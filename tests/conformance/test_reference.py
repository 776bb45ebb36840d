"""A run that names no target starts our own server, stops it, or says what to install."""

import os
import urllib.request

import pytest

from conformance import reference as module
from conformance.reference import reference
from conformance.verdict import Unjudged

SECONDS = 10.0


def test_the_server_lives_as_long_as_it_is_needed() -> None:
    with reference(os.environ) as target:
        url = target.target.base_url
        with urllib.request.urlopen(f"{url}/healthz", timeout=SECONDS) as answer:
            assert answer.status == 200

    assert target.heartbeat is not None
    assert target.heartbeat.interval == float(module.HEARTBEAT)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/healthz", timeout=SECONDS)


def test_without_the_extra_there_is_an_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)

    with pytest.raises(Unjudged, match=r"pip install 'eventbahn\[server\]'"), reference(os.environ):
        pass


def test_a_server_that_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND", [*module.COMMAND, "--no-such-flag"])

    with pytest.raises(Unjudged, match=r"did not start: (.|\n)*--no-such-flag"), reference(os.environ):
        pass
