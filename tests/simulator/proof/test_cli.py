"""`eventbahn fleet verify` against the books of our own server: PASS, and each way in which it is not."""

import json
import random
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from reports.load import load as load_result
from reports.schemas import Fleet
from simulator.cli import fleet
from simulator.config import Config, load
from simulator.encode import Encoder
from simulator.figures import moment
from simulator.group import Group
from simulator.injection import with_faults
from simulator.plan import Span
from simulator.state import State, state_path, write_state
from tests.simulator.fleets import MINUTE, MONDAY

STARTS = count(MONDAY, 60 * MINUTE)  # each test has a run of its own on the server that they share
LENGTH = 30 * MINUTE
FAULTS = """fault=[
    {match="s1", kind="loss", rate="40/d", for="10m", p=0.5},
    {match="s2", kind="duplicate", at="2m", for="9m", by="90s"},
    {match="s3", kind="reorder", at="2m", for="20m", p=0.5},
    {match="s4", kind="offline", at="3m", for="9m", deliver="lost"},
    {match="s5", kind="offline", at="5m", for="9m"},
    {match="s6", kind="reboot", at="0s", for="31m"},
    {match="*", sensor="temp", kind="stuck", at="12m", for="9m"},
]""".replace("\n", "")
SETTINGS = (
    'fleet=[{profile="station", site="coast", id="s{n}", count=8}]',
    'profile.station.every="60s"',
    'profile.station.phase="spread"',
    FAULTS,
)
LATER = {"match": "s7", "kind": "offline", "at": "9m", "for": "3m", "deliver": "lost"}


class Run:
    """A run of eight stations, with its files in `folder`."""

    def __init__(self, url: str, folder: Path, *faults: dict[str, Any]) -> None:
        self.url, self.folder = url, folder
        self.start = next(STARTS)
        self.settings: tuple[str, ...] = (*SETTINGS, f'run.start="{moment(self.start)}"')
        self.faults = faults
        self.span = Span(self.start, self.start, self.start + LENGTH)

    @property
    def config(self) -> Config:
        return load("weather", self.settings)

    def messages(self, position: int | None = None) -> list[bytes]:
        """All, or those that are due by then."""
        config = with_faults(self.config, self.faults, "test")
        plan = config.groups[0]
        group = Group(plan, self.span)
        encoder = Encoder(plan.ids, plan.profile.sensors, self.start)
        found = chain(group.rest(), group.release()) if position is None else group.due(position)
        return [message for rows in found for message in encoder.encode(rows)]

    def post(self, messages: list[bytes]) -> None:
        body = b"[" + b",".join(messages) + b"]"
        httpx.post(
            self.url + "/measurements", content=body, headers={"content-type": "application/json"}
        ).raise_for_status()

    def note(self, **changes: Any) -> None:
        """Write the state file."""
        state: dict[str, Any] = {
            "fingerprint": self.config.fingerprint,
            "start": self.start,
            "origin": self.start,
            "end": self.start + LENGTH,
            "url": self.url,
            "position": self.start + LENGTH,
            "complete": True,
            "faults": self.faults,
        }
        write_state(state_path(self.folder, "weather"), State(**(state | changes)))

    def verify(self, *options: str) -> Result:
        settings = chain.from_iterable(("--set", setting) for setting in self.settings)
        return CliRunner().invoke(
            fleet, ["verify", "weather", "--from", str(self.folder), *settings, *options]
        )


Start = Callable[..., Run]


@pytest.fixture
def run(url: str, tmp_path: Path) -> Start:
    """`run(fault, …)` is a run into which those faults were injected."""
    return lambda *faults: Run(url, tmp_path, *faults)


def changed(message: bytes) -> bytes:
    return message.replace(b'"temp":', b'"temp":1')


def test_what_was_sent_is_there_in_whatever_order_and_however_often(run: Start) -> None:
    sent = run(LATER)
    messages = sent.messages()
    random.Random(1).shuffle(messages)
    sent.post(messages)
    sent.post(messages[:50])
    sent.note()
    result = sent.verify()
    distinct = len(set(messages))

    assert result.exit_code == 0
    assert distinct < len(messages)
    assert f"PASS: 8 devices, {distinct:,} messages, each there once and as sent; " in result.stdout


def test_what_is_missing_is_named(run: Start) -> None:
    sent = run()
    sent.post(
        [message for message in sent.messages() if b'"s8"' not in message or b'"seq":12,' not in message]
    )
    sent.note()
    result = sent.verify()

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "FAIL: (s8, 12) is missing",
        "1 of 8 devices: 1 message missing, 0 extra; 0 devices with other data",
        "  s8: 29 of 30, 1 missing, the first is seq 12",
    ]


def test_an_injected_fault_that_the_files_do_not_know_is_seen(run: Start) -> None:
    sent = run(LATER)
    sent.post(sent.messages())
    sent.faults = ()
    sent.note()

    assert "FAIL: (s7, 9) is missing" in sent.verify().stdout


def test_what_is_extra_is_named(run: Start) -> None:
    sent = run()
    extra = sent.messages()[0].replace(b'"seq":0,', b'"seq":4711,')
    sent.post([*sent.messages(), extra])
    sent.note()
    result = sent.verify()

    assert result.exit_code == 1
    assert ", 4711) is extra" in result.stdout


def test_a_message_with_other_data_is_found_in_the_log(run: Start) -> None:
    sent = run()
    messages = sent.messages()
    at = next(i for i, message in enumerate(messages) if b'"s8"' in message and b'"seq":7,' in message)
    messages[at], original = changed(messages[at]), messages[at]
    sent.post(messages)
    sent.note()
    result = sent.verify()

    assert result.exit_code == 1
    assert "FAIL: (s8, 7) is different: \n" in result.stdout
    assert f"expected {original.decode()}" in result.stdout
    assert f"found    {messages[at].decode()}" in result.stdout
    assert "0 messages missing, 0 extra; 1 device with other data" in result.stdout


def test_what_the_receiver_refused_is_missing_for_a_reason(run: Start) -> None:
    sent = run()
    first, *others = sent.messages()
    device, seq = (json.loads(first)[key] for key in ("device", "seq"))
    sent.post(others)
    sent.note()
    refused = f'{{"reason":"422 no","message":{first.decode()}}}\n{{"rea'
    (sent.folder / "weather.rejected.ndjson").write_text(refused)

    assert f"({device}, {seq}) is missing: the receiver refused it: 422 no" in sent.verify().stdout


def test_a_run_that_is_not_over_is_judged_by_its_watermarks(run: Start) -> None:
    sent = run(LATER)
    position = sent.start + 11 * MINUTE
    settled = sent.messages(position)
    last = sent.messages()[-1]  # it arrived, which the state file doesn't know yet
    of_one, before = ([m for m in found if b'"s2"' in m] for found in (sent.messages(), settled))
    ahead = of_one[len(before) : len(before) + 3]
    sent.post([*settled, *ahead, last])
    sent.note(complete=False, position=position, watermarks={"s2": 3})
    result = sent.verify()

    assert result.exit_code == 3
    assert f"PASS: 8 devices, {len(set(settled + ahead)):,} messages" in result.stdout
    assert "the run is not over before " in result.stdout

    sent.note(complete=False, position=position, watermarks={"s2": 12})
    result = sent.verify()

    assert result.exit_code == 1
    assert "FAIL: (s2, " in result.stdout


def test_a_run_without_an_end_passes_so_far(run: Start) -> None:
    sent = run()
    sent.post(sent.messages(sent.start + 5 * MINUTE))
    sent.note(complete=False, position=sent.start + 5 * MINUTE, end=None)
    result = sent.verify()

    assert result.exit_code == 0
    assert "the run has no end, and --resume goes on with it" in result.stdout


def test_the_result_is_a_file_that_reports_read(run: Start, tmp_path: Path) -> None:
    sent = run()
    sent.post(sent.messages()[1:])
    sent.note()
    (tmp_path / "weather.truth.csv").write_text("device\n")
    result = sent.verify("--out", str(tmp_path / "new" / "f.json"))
    written = json.loads((tmp_path / "new" / "f.json").read_bytes())
    bad = next(name for name, told in written["devices"].items() if not told["ok"])

    assert result.exit_code == written["exit_code"] == 1
    assert written["schema"] == "eventbahn-fleet/1"
    assert written["started"].endswith(":00:00.000Z")
    assert written["truth"] == str(tmp_path / "weather.truth.csv")
    assert written["devices"][bad]["missing"] == 1
    assert isinstance(load_result(tmp_path / "new" / "f.json"), Fleet)


def test_without_a_state_file_the_start_is_that_of_the_receivers_books(run: Start, tmp_path: Path) -> None:
    sent = run()
    sent.post(sent.messages())
    sent.settings = SETTINGS
    result = sent.verify("--until", "30m", "--url", sent.url)

    assert result.exit_code == 0
    assert "PASS: 8 devices" in result.stdout


def test_the_end_that_the_run_had_may_be_given(run: Start) -> None:
    sent = run()
    sent.post(sent.messages())
    sent.note()

    assert sent.verify("--until", "30m").exit_code == 0


def test_a_later_run_hides_the_earlier_one(run: Start) -> None:
    sent, later = run(), run()
    sent.post(sent.messages())
    later.post(later.messages())
    sent.note()
    result = sent.verify()

    assert result.exit_code == 1
    assert (
        f"the receiver tells of a later run, boot {later.start}, and this one is {sent.start}"
        in result.stdout
    )


UNUSABLE: dict[str, tuple[dict[str, Any], tuple[str, ...], int, str]] = {
    "no server": ({"url": "http://127.0.0.1:9"}, (), 3, "http://127.0.0.1:9/stats: no answer"),
    "no books": ({}, ("--url", "{url}/snapshot"), 3, "404"),
    "another configuration": ({"fingerprint": "0"}, (), 2, "give the same --set options as the run"),
    "a fault of another fleet": (
        {"faults": ({"kind": "stuck", "match": "m*", "at": "0s", "for": "1m"},)},
        (),
        2,
        "weather.state.json: match: 'm*' means no device",
    ),
    "no file, no length": ({}, ("--from", "/nowhere", "--url", "{url}"), 2, "give --until"),
    "another end": ({}, ("--until", "31m"), 2, "weather.state.json: its run lasts 1800 s, and --until says"),
    "an end of a run without one": ({"end": None}, ("--until", "30m"), 2, "its run has no end, and --until"),
    "another start": ({}, ("--set", "run.start=2020-01-01T00:00:00Z"), 2, "its run began at 177"),
    "nowhere to write": ({}, ("--out", "/proc/none/f.json"), 2, "/proc/none: No such file"),
}


@pytest.mark.parametrize(("changes", "options", "code", "sentence"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_judged_is_said(
    run: Start, changes: dict[str, Any], options: tuple[str, ...], code: int, sentence: str
) -> None:
    sent = run()
    sent.note(**changes)
    result = sent.verify(*(option.format(url=sent.url) for option in options))

    assert result.exit_code == code
    assert sentence in result.stderr


def test_a_broken_state_file_is_named(run: Start, tmp_path: Path) -> None:
    sent = run()
    state_path(tmp_path, "weather").write_text("{")
    result = sent.verify()

    assert result.exit_code == 2
    assert "weather.state.json: no state of a run" in result.stderr
