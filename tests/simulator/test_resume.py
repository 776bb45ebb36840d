"""Where a run goes on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.config import Config
from simulator.plan import Span
from simulator.resume import Resumed, resume
from simulator.state import State, StateError, state_path, write_state
from simulator.stats import UnjudgedError

from .fleets import MINUTE, MONDAY, office

START = MONDAY + 1234
RUN = Span(START + 999, START + 999, START + 999 + 20 * MINUTE)  # as a new run would have it now


def config(**settings: Any) -> Config:
    return office(*(f"{key}={value}" for key, value in settings.items()), "run.start=now")


def left(tmp_path: Path, **changes: Any) -> Path:
    """The state file that a run has left."""
    state = State(
        config().fingerprint,
        START,
        START,
        START + 10 * MINUTE,
        "http://there",
        START + 5 * MINUTE,
        {"room-101": 2},
    )
    path = state_path(tmp_path, "office")
    write_state(path, msgspec.structs.replace(state, **changes))
    return path


def test_it_goes_on_to_its_end_and_its_receiver(tmp_path: Path) -> None:
    found = resume(config(), RUN, left(tmp_path), until=False, url=False)

    assert found.span == Span(START, START, START + 10 * MINUTE)
    assert found.config.sink.url == "http://there"
    assert found.state is not None
    assert (found.state.position, found.state.watermarks) == (START + 5 * MINUTE, {"room-101": 2})


def test_what_is_given_wins(tmp_path: Path) -> None:
    found = resume(
        config(), RUN, left(tmp_path, complete=True, position=START + 10 * MINUTE), until=True, url=True
    )

    assert found.span == Span(START, START, START + 20 * MINUTE)
    assert found.config.sink.url == "http://127.0.0.1:8000"
    assert found.state is not None
    assert not found.state.complete
    assert found.state.position == START + 10 * MINUTE - 1001  # two jitters before its end, and one ms


def test_what_was_settled_beyond_the_position_counts_for_the_old_end_alone(tmp_path: Path) -> None:
    same, later = (resume(config(), RUN, left(tmp_path), until=until, url=False) for until in (False, True))

    assert same.state is not None
    assert same.state.watermarks == {"room-101": 2}
    assert later.state is not None
    assert (later.state.position, later.state.watermarks) == (START + 5 * MINUTE, {})


def test_injected_faults_are_part_of_it(tmp_path: Path) -> None:
    fault = {"match": "room-102", "kind": "reboot", "at": "2m", "for": "1m"}
    found = resume(config(), RUN, left(tmp_path, faults=(fault,)), until=False, url=False)

    assert [(each.match, each.at) for each in found.config.groups[0].faults] == [("room-102", 120_000)]


REFUSED = {
    "another configuration": ({"run.seed": 7}, {}, False, "is of another configuration"),
    "another start": ({"run.start": '"2026-03-02T00:00:00Z"'}, {}, False, "its run began at 17724"),
    "an earlier end": ({}, {"end": START + 30 * MINUTE}, True, "--until may only extend it"),
    "an end for a run that had none": ({}, {"end": None}, True, "--until may only extend it"),
}


@pytest.mark.parametrize(("settings", "changes", "until", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, settings: dict[str, Any], changes: dict[str, Any], until: bool, sentence: str
) -> None:
    asked = office("run.start=now", *(f"{key}={value}" for key, value in settings.items()))

    with pytest.raises(StateError, match=sentence):
        resume(asked, RUN, left(tmp_path, **changes), until=until, url=False)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A receiver that says that whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def asked(tmp_path: Path, status: int, body: bytes) -> Resumed:
    """Resume without a state file."""
    with answering(status, body) as url:
        return resume(
            config(**{"sink.url": f'"{url}"'}), RUN, state_path(tmp_path, "office"), until=True, url=True
        )


def test_without_a_file_the_receiver_is_asked(tmp_path: Path) -> None:
    books = (
        b'{"devices": {"room-101": {"boot": %d, "first_seq": 0, "last_seq": 3}, "x": {"boot": 9}}}' % START
    )
    found = asked(tmp_path, 200, books)

    assert (found.span, found.state) == (Span(START, START, START + 20 * MINUTE), None)
    assert found.holdings is not None


def test_a_receiver_that_knows_nobody_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        StateError, match=r"office\.state\.json: there is none, and .* knows none of these devices"
    ):
        asked(tmp_path, 200, b'{"devices": {}}')


@pytest.mark.parametrize(("status", "body"), [(401, b""), (404, b""), (200, b"<html>")])
def test_a_receiver_that_does_not_say_is_told(tmp_path: Path, status: int, body: bytes) -> None:
    with pytest.raises(UnjudgedError):
        asked(tmp_path, status, body)
