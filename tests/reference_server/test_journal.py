"""The journal: what is noted of a server's life, in what form; and that clients can forge nothing in it."""

import io
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reference_server.journal import LOGGER, alarm, journal, note
from reference_server.limits import Limits
from reference_server.settings import Settings
from tests.conftest import DEADLINE, Serve
from tests.reference_server.listener import Listener
from tests.reference_server.running import running
from tests.reference_server.test_stream import exchange, publish


def lines_of(form: str, *facts: dict[str, Any]) -> list[str]:
    """What is written for notes of the event `e`."""
    out = io.StringIO()
    with journal(form, out):
        for each in facts:
            note("e", **each)
    return out.getvalue().splitlines()


@contextmanager
def noted(settings: Settings) -> Iterator[tuple[str, io.StringIO]]:
    """A server by its URL, and its journal as JSON."""
    out = io.StringIO()
    with journal("json", out), running(settings) as url:
        yield url, out


def read(out: io.StringIO) -> list[dict[str, Any]]:
    """All notes, without their times."""
    return [json.loads(line) for line in out.getvalue().splitlines()]


EVIL = 'a\nb\r\x1b[31m\x7f\u2028\x85 c=d "e" \ud800'


@pytest.mark.parametrize("form", ["text", "json"])
@settings(deadline=None, max_examples=50)
@example(EVIL)
@given(st.text(st.characters()))
def test_a_note_is_one_line_of_visible_ascii_whatever_it_says(form: str, said: str) -> None:
    (line,) = lines_of(form, {"path": said})

    assert line.isascii()
    assert line.isprintable()
    if form == "text":
        assert line[25:].startswith("INFO e path=")
        assert (line[37:] == said) or json.loads(line[37:]) == said


def test_text_begins_with_time_level_and_event() -> None:
    one, two = lines_of("text", {"stream": 1, "path": "/events", "asked": None}, {"asked": 'x" y=1'})

    assert one[10:11] + one[23:24] == "TZ"
    assert one[25:] == "INFO e stream=1 path=/events"
    assert two[25:] == r'INFO e asked="x\" y=1"'


def test_json_has_plain_fields() -> None:
    (line,) = lines_of("json", {"path": EVIL, "seconds": 0.5, "devices": ["a"], "asked": None})

    found = json.loads(line)
    assert list(found) == ["ts", "level", "event", "path", "seconds", "devices"]
    assert (found["level"], found["event"], found["path"]) == ("info", "e", EVIL)


def test_a_long_value_is_cut() -> None:
    (line,) = lines_of("json", {"asked": "x" * 10_000})

    assert len(json.loads(line)["asked"]) == 2_001


def test_what_libraries_say_with_a_traceback_is_one_line_too() -> None:
    out = io.StringIO()
    with journal("json", out):
        try:
            raise ValueError("on\npurpose")
        except ValueError:
            LOGGER.exception("failed at %s", "x\ny")

    (found,) = read(out)
    assert (found["level"], found["event"], found["text"]) == ("error", "message", "failed at x\ny")
    assert "ValueError: on\npurpose" in found["traceback"]


def test_what_asyncio_says_is_a_note_too() -> None:
    out = io.StringIO()
    with journal("json", out):
        logging.getLogger("asyncio").error("too many open files")

    assert [each["text"] for each in read(out)] == ["too many open files"]


def test_without_a_reader_nothing_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    assert len(lines_of("text", {})) == 1
    note("e")
    alarm("e")

    assert caplog.records == []


def test_whoever_has_set_up_logging_gets_the_notes(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, LOGGER.name):
        note("e", stream=1)

    assert caplog.messages == ["e stream=1"]


class Stuck(io.StringIO):
    """A stream that takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.begun.set()
        self.go.wait(DEADLINE)
        return super().write(text)


def test_a_reader_who_is_stuck_holds_up_nobody_and_is_told_what_it_missed() -> None:
    stuck = Stuck()
    with journal("json", stuck):
        note("first")
        assert stuck.begun.wait(DEADLINE)
        for number in range(10_007):  # ten thousand wait
            note("e", number=number)
        stuck.go.set()
        end = time.monotonic() + DEADLINE
        while stuck.getvalue().count("\n") < 10_001:
            assert time.monotonic() < end
        note("last")

    found = read(stuck)
    assert [each["event"] for each in (found[0], *found[-2:])] == ["first", "lines_lost", "last"]
    assert [each["number"] for each in found[1:-2]] == list(range(10_000))
    assert found[-2]["count"] == 7


def test_a_server_notes_its_life_and_that_of_its_streams() -> None:
    with noted(Settings(port=0, fault="none")) as (url, out):
        (last,) = publish(url, "x")
        with Listener(url, "/events/c?limit=1", last_id=last) as stream:
            publish(url, "y")
            stream.rest()

    notes = read(out)
    assert [each["event"] for each in notes] == ["started", "fault", "joined", "left", "stopping", "stopped"]
    started, fault, joined, left = notes[:4]
    assert (started["url"], started["log"], fault["name"]) == (url, "memory", "none")
    assert (joined["path"], joined["asked"], joined["limit"]) == ("/events/c", last, 1)
    assert (joined["resume"], joined["peer"].partition(":")[0]) == ("current", "127.0.0.1")
    assert (left["stream"], left["reason"]) == (joined["stream"], "limit")


def test_refusals_are_noted_with_their_reason_and_without_queries() -> None:
    with noted(Settings(port=0, limits=Limits(connections=2))) as (url, out):
        httpx.get(f"{url}/events/a%0Ab%1B", params={"token": "secret"})
        httpx.get(f"{url}/nothing?token=secret")
        exchange(url, b"no HTTP\r\n\r\n")
        with Listener(url, "/events/c"), Listener(url, "/events/c"):
            httpx.get(url)

    found = [
        (each["status"], each["error"], each.get("path")) for each in read(out) if each["event"] == "refused"
    ]
    assert found[:2] == [
        (400, "not a name for a channel", "/events/a\nb\x1b"),
        (404, "there is nothing at /nothing", "/nothing"),
    ]
    assert [status for status, _, _ in found[2:]] == [400, 503]
    assert "secret" not in out.getvalue()


def test_a_commit_that_fails_is_an_alarm_once_until_one_succeeds(tmp_path: Path) -> None:
    file = tmp_path / "log.db"
    with (
        noted(Settings(port=0, log=f"sqlite:{file}")) as (url, out),
        closing(sqlite3.connect(file, isolation_level=None)) as other,
    ):
        other.execute("CREATE TRIGGER no BEFORE INSERT ON segments BEGIN SELECT RAISE(FAIL, 'no'); END")
        statuses = [httpx.post(f"{url}/events/c", json={"data": "x"}).status_code for _ in range(3)]
        other.execute("DROP TRIGGER no")
        publish(url, "x")

    found = [each for each in read(out) if each["event"].startswith("commit")]
    assert statuses == [500, 500, 500]
    assert [(each["level"], each["event"]) for each in found] == [
        ("error", "commit_failed"),
        ("info", "commit_recovered"),
    ]
    assert (found[0]["error"], found[1]["refused"]) == ("no", 3)


def test_the_command_writes_to_stderr_only_when_told_to(serve: Serve) -> None:
    quiet = serve("--fault", "no-ids")
    loud = serve("--log-format", "text", "--fault", "no-ids")
    for served in (quiet, loud):
        with Listener(served.url):
            served.process.terminate()
            served.process.wait(DEADLINE)

    said = [served.process.stderr.read() for served in (quiet, loud) if served.process.stderr]

    assert said[0] == ""
    events = [line.split(" ")[2] for line in said[1].splitlines()]
    assert events == ["started", "fault", "joined", "stopping", "left", "stopped"]
    assert "reason=stopped" in said[1]
