"""The state file of a run, `NAME.state.json`: what `--resume` and `verify` compute from. Keeps no messages.

One JSON object:

    {"schema": "eventbahn-fleet-state/1", "fingerprint": "9f86d081884c7d65",
     "start": 1772434800000, "origin": 1772434800000, "end": 1772438400000, "url": "http://127.0.0.1:8000",
     "complete": false, "position": 1772434865000, "watermarks": {"room-101": 1}, "reached": 1772434925000,
     "faults": []}

- `start`, in ms UTC, is the `boot` of all its messages; they begin at `origin` (earlier, if there is a
  backfill) and end before `end` (null: never).
- All messages that were due by `position` (`Group.due(position)`) are settled: taken by the receiver, or
  refused by it and kept in `NAME.rejected.ndjson`. Of those that a device hands over later, in its own order,
  the first `watermarks[device]` (absent: 0) are settled as well. A run that was killed may have
  delivered more; one that was `complete` has settled everything, also what was held back at its end.
- Nothing was made that is measured later than `reached`: a fault that is injected begins after that.
- `faults` are [[fault]] tables that were injected while it ran, with `at` counted from `start`.
- `fingerprint` is that of the configuration: all that decides what is measured, but start and end.
"""

import os
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["State", "StateError", "read_state", "state_path", "write_state"]

SCHEMA = "eventbahn-fleet-state/1"


class StateError(ValueError):
    """A state file that cannot be used; says which, why, and what to do."""


class State(msgspec.Struct, frozen=True, tag=SCHEMA, tag_field="schema"):
    """What is known of a run; the fields are those of the file."""

    fingerprint: str
    start: int
    origin: int
    end: int | None
    url: str
    position: int
    watermarks: dict[str, int] = {}
    complete: bool = False
    reached: int = 0
    faults: tuple[dict[str, Any], ...] = ()


def state_path(folder: Path, label: str) -> Path:
    """Where the state of a run with that label lies."""
    return folder / f"{label}.state.json"


def read_state(path: Path) -> State:
    """Raises StateError for what is no state file, OSError for what cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except ValueError as error:
        raise StateError(
            f"{path}: no state of a run ({error}); without the file, --resume asks the receiver"
        ) from error


def write_state(path: Path, state: State) -> None:
    """Replace the file in one step: whoever reads it sees the old or the new one. Raises OSError."""
    beside = path.with_suffix(".json.new")
    try:
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(state))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
