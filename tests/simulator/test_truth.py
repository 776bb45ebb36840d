"""The truth file is whole after each fault, and a run that goes on tells nothing twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.faults import Fault
from simulator.timeline import Episode
from simulator.truth import Truth

from .fleets import office

PLAN = office().groups[0]
STUCK = Episode(1000, 2000, 0, 2, Fault("room-101", "co2", "stuck", 0, 0.0, 1000), 0.5)
LOST = Episode(3000, 3001, 1, -1, Fault("*", None, "loss", 0, 0.0, 1000), 0.5, seq=7)
LATER = STUCK._replace(device=2)
WHOLE = (
    b"device,sensor,kind,start,end,params\r\n"
    b"room-101,co2,stuck,1000,2000,\r\n"
    b'room-102,,loss,3000,3001,"{""seq"": 7}"\r\n'
)


def test_a_fault_is_in_the_file_at_once(tmp_path: Path) -> None:
    with Truth(tmp_path / "t.csv") as truth:
        truth.write(PLAN, [STUCK, LOST])

        assert (tmp_path / "t.csv").read_bytes() == WHOLE
        assert truth.count == 2


def test_a_new_run_begins_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(WHOLE)
    with Truth(tmp_path / "t.csv") as truth:
        assert truth.count == 0

    assert (tmp_path / "t.csv").read_bytes() == WHOLE[:37]


@pytest.mark.parametrize("left", [37, 38, 60, len(WHOLE) - 1, len(WHOLE)])
def test_a_run_that_goes_on_tells_nothing_twice(tmp_path: Path, left: int) -> None:
    """Whatever a crash has left of the last line."""
    (tmp_path / "t.csv").write_bytes(WHOLE[:left])
    with Truth(tmp_path / "t.csv", resume=True) as truth:
        truth.write(PLAN, [STUCK, LOST, LATER])

        assert truth.count == 3
    assert (tmp_path / "t.csv").read_bytes() == WHOLE + b"room-103,co2,stuck,1000,2000,\r\n"


@pytest.mark.parametrize("content", [None, b"", b"device,sen"], ids=["absent", "empty", "half a header"])
def test_nothing_to_go_on_with_is_a_new_file(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "t.csv").write_bytes(content)
    with Truth(tmp_path / "t.csv", resume=True) as truth:
        truth.write(PLAN, [STUCK])

    assert (tmp_path / "t.csv").read_bytes() == b"".join(WHOLE.splitlines(keepends=True)[:2])


def test_an_injected_fault_is_told_with_its_parameters(tmp_path: Path) -> None:
    held = STUCK._replace(fault=replace(STUCK.fault, value=999.0))
    with Truth(tmp_path / "t.csv") as truth:
        truth.write(PLAN, [held])

    assert b'room-101,co2,stuck,1000,2000,"{""value"": 999.0}"' in (tmp_path / "t.csv").read_bytes()
