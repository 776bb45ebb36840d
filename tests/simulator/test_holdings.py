"""What a receiver has, by its books."""

import numpy as np
import pytest

from simulator.group import Group
from simulator.holdings import Holdings
from simulator.plan import Span
from simulator.stats import DeviceStats, Stats

from .fleets import MINUTE, MONDAY, office

BOOT = 7
BOOKS = {
    "all": DeviceStats(BOOT, 5, 0, 0, 4),
    "a gap": DeviceStats(BOOT, 4, 0, 0, 4, 1, [(2, 2)]),
    "no beginning": DeviceStats(BOOT, 2, 0, 3, 4),
    "gaps that are not all named": DeviceStats(BOOT, 7, 0, 0, 9, 3, [(5, 6)]),
    "gaps of which none is named": DeviceStats(BOOT, 7, 0, 0, 9, 3, []),
    "an earlier run": DeviceStats(BOOT - 1, 5, 0, 0, 4),
    "nothing": DeviceStats(BOOT),
}
HELD = {
    "all": [0, 1, 2, 3, 4],
    "a gap": [0, 1],
    "no beginning": [],
    "gaps that are not all named": [0, 1, 2, 3, 4],
    "gaps of which none is named": [],
    "an earlier run": [],
    "nothing": [],
    "unknown": [],
}


@pytest.mark.parametrize("name", HELD)
def test_what_it_has_until_the_first_that_it_has_not(name: str) -> None:
    holdings = Holdings(Stats(BOOKS), [name], BOOT)
    device = np.array([0])

    assert [seq for seq in range(12) if holdings.next(device, np.array([seq]))[0]] == HELD[name]


PACES = {"steady": ["profile.room.every='10m'"], "asleep": ["profile.room.duty={on='10m', cycle='1h'}"]}


@pytest.mark.parametrize("settings", PACES.values(), ids=PACES)
def test_all_that_it_has_was_measured_by_a_moment(settings: list[str]) -> None:
    config, origin = office(*settings, "profile.room.jitter='0s'"), MONDAY
    plan = config.groups[0]
    due = list(Group(plan, Span(origin, origin, origin + 400 * MINUTE)).rest())
    for latest in (0, 4, 9, 10, 31):
        books = {name: DeviceStats(BOOT, latest + 1, 0, 0, latest) for name in plan.ids[:2]}
        reached = Holdings(Stats(books), plan.ids, BOOT).reached([plan], origin)
        moments = [int(rows.at.max()) for rows in due if (rows.seq == latest).any()]

        assert max(moments) < reached <= max(moments) + 2 * plan.profile.longest_pause


def test_who_has_nothing_has_it_from_the_beginning() -> None:
    config = office()
    names = config.groups[0].ids

    assert Holdings(Stats({}), names, BOOT).reached(config.groups, MONDAY) == MONDAY


def test_a_message_that_never_was_is_no_gap() -> None:
    """A device whose seq 2 was lost on purpose hands over 0, 1, 3."""
    holdings = Holdings(Stats(BOOKS), ["a gap"], BOOT)
    found = [bool(holdings.next(np.array([0]), np.array([seq]))[0]) for seq in (0, 1, 3, 4, 5)]

    assert found == [True, True, True, True, False]
