"""What is settled, and what is to be sent again."""

import numpy as np

from simulator.holdings import Holdings
from simulator.stats import DeviceStats, Stats
from simulator.watermarks import Watermarks

NAMES = ["a", "b", "c"]
ALL = np.arange(3)


def test_what_is_settled_beyond_the_position_is_counted() -> None:
    marks = Watermarks(NAMES, 0)
    for seq in range(3):
        marks.make(ALL, np.full(3, seq))
    marks.settle(np.array([0, 0, 1]))

    assert marks.look() == {"a": 2, "b": 1}
    assert (marks.position, marks.outstanding) == (0, 6)


def test_the_position_moves_on_when_all_by_then_is_settled() -> None:
    marks = Watermarks(NAMES, 0)
    marks.make(ALL, np.zeros(3, dtype=np.int64))
    marks.reach(1000)
    marks.make(ALL, np.ones(3, dtype=np.int64))
    marks.settle(np.array([0, 1, 0]))
    early = marks.look()
    marks.settle(np.array([2]))

    assert (early, marks.look(), marks.position) == ({"a": 2, "b": 1}, {"a": 1}, 1000)


def test_a_run_that_goes_on_makes_what_is_settled_and_does_not_send_it() -> None:
    marks = Watermarks(NAMES, 1000, {"a": 2, "b": 1})
    fresh = [marks.make(ALL, np.full(3, seq)).tolist() for seq in range(3)]
    marks.reach(2000)

    assert fresh == [[False, False, True], [False, True, True], [True, True, True]]
    assert marks.outstanding == 6


def test_a_run_that_went_on_and_was_killed_at_once_knows_what_its_predecessor_knew() -> None:
    marks = Watermarks(NAMES, 1000, {"a": 2, "b": 1})
    marks.make(ALL, np.zeros(3, dtype=np.int64))
    marks.reach(2000)

    assert marks.look() == {"a": 2, "b": 1}
    assert marks.position == 1000
    marks.settle(np.array([2]))
    assert (marks.look(), marks.position) == ({"a": 1}, 2000)


def test_a_device_is_settled_twice_in_a_batch() -> None:
    marks = Watermarks(NAMES, 0)
    marks.settle(np.array([1, 1, 1]))

    assert marks.look() == {"b": 3}


def test_what_a_receiver_holds_is_settled_until_its_first_gap() -> None:
    stats = Stats({"a": DeviceStats(7, 3, 0, 0, 3, 1, [(1, 1)]), "b": DeviceStats(7, 2, 0, 0, 1)})
    marks = Watermarks(NAMES, 0, holdings=Holdings(stats, NAMES, 7))
    fresh = [marks.make(ALL, np.full(3, seq)).tolist() for seq in range(3)]

    assert fresh == [[False, False, True], [True, False, True], [True, True, True]]
    assert marks.look() == {"a": 1, "b": 2}
