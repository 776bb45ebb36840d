"""Devices are bounded; one whose commit fails takes no place, one whose sender leaves does."""

import asyncio
from collections.abc import Sequence

import pytest

from reference_server.refusal import RefusedError
from reference_server.roster import Roster


def enrol(roster: Roster, devices: Sequence[str], error: BaseException | None = None) -> None:
    with roster.enrolled(devices):
        if error:
            raise error


def test_the_first_device_too_many_is_named_and_none_of_its_request_is_taken() -> None:
    roster = Roster("a", 3)

    with pytest.raises(RefusedError) as refused:
        enrol(roster, "abbcd")

    assert refused.value.fields["index"] == 4
    enrol(roster, "xy")


def test_one_whose_commit_fails_takes_no_place() -> None:
    roster = Roster((), 1)

    with pytest.raises(RefusedError):
        enrol(roster, "a", RefusedError(507, "the disk is full"))

    enrol(roster, "b")


def test_one_whose_sender_has_left_is_known_all_the_same() -> None:
    roster = Roster((), 1)

    with pytest.raises(asyncio.CancelledError):
        enrol(roster, "a", asyncio.CancelledError())

    enrol(roster, "a")
    with pytest.raises(RefusedError):
        enrol(roster, "b")


def test_places_are_taken_while_a_commit_is_under_way_once_for_each_device() -> None:
    roster = Roster((), 2)

    with roster.enrolled("ab"), roster.enrolled("ab"), pytest.raises(RefusedError):
        enrol(roster, "c")
    with roster.enrolled("a"):
        with pytest.raises(RefusedError):
            enrol(roster, "a", RefusedError(503, "busy"))
        enrol(roster, "b")

    with pytest.raises(RefusedError):
        enrol(roster, "c")
