"""The file that a run leaves."""

import json
from pathlib import Path

import pytest

from simulator.state import State, StateError, read_state, state_path, write_state

STATE = State(
    "9f86d081884c7d65",
    1772434800000,
    1772434700000,
    None,
    "http://127.0.0.1:8000",
    1772434865000,
    {"room-101": 1},
    reached=1772434925000,
    faults=({"match": "*", "kind": "loss", "at": "3s", "for": "1m", "p": 0.5},),
)


def test_it_is_one_json_object(tmp_path: Path) -> None:
    write_state(tmp_path / "s", STATE)

    assert json.loads((tmp_path / "s").read_bytes()) == {
        "schema": "eventbahn-fleet-state/1",
        "fingerprint": "9f86d081884c7d65",
        "start": 1772434800000,
        "origin": 1772434700000,
        "end": None,
        "url": "http://127.0.0.1:8000",
        "position": 1772434865000,
        "watermarks": {"room-101": 1},
        "complete": False,
        "reached": 1772434925000,
        "faults": [{"match": "*", "kind": "loss", "at": "3s", "for": "1m", "p": 0.5}],
    }
    assert read_state(tmp_path / "s") == STATE


BAD = {
    "empty": b"",
    "half": b'{"schema":"eventbahn-fleet-state/1","fingerpri',
    "another file": b'{"schema":"eventbahn-fleet/1"}',
    "another type": b'{"schema":"eventbahn-fleet-state/1","fingerprint":"f","start":"now"}',
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_state_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s").write_bytes(content)

    with pytest.raises(StateError, match=r"s: no state of a run \(.*--resume asks the receiver"):
        read_state(tmp_path / "s")


def test_a_writing_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = state_path(tmp_path, "office")
    write_state(path, STATE)
    (tmp_path / "office.state.json.new").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        write_state(path, STATE)

    assert path.name == "office.state.json"
    assert read_state(path) == STATE
