"""The clocks of a run, with clocks that tell whatever time they are told to."""

import pytest

from loadtests._domains import Domains
from loadtests._wire import Pong


class Skewed:
    """A clock that is ahead by `skew_ns`, at the end of a line with a round trip of 200 ns."""

    def __init__(self, skew_ns: int, *, answers: bool = True) -> None:
        self.skew_ns = skew_ns
        self.answers = answers
        self.asked = 0

    def ping(self, seconds: float) -> tuple[int, Pong, int] | None:
        assert seconds > 0
        self.asked += 1
        then = 1_000 * self.asked + 100 + self.skew_ns
        return (1_000 * self.asked, Pong(then, then), 1_000 * self.asked + 200) if self.answers else None


def test_our_own_clock_is_not_asked() -> None:
    ours = Skewed(0)
    domains = Domains("home")

    domains.measure({"home": ours})

    assert (ours.asked, domains.shift_ns("home"), len(domains), domains.bound_ns()) == (0, 0, 1, 0)


def test_a_skew_is_found_and_its_drift_followed() -> None:
    away, domains = Skewed(5_000_000_000), Domains("home")

    domains.measure({"away": away})
    away.skew_ns += 700
    domains.measure({"away": away})

    assert domains.shift_ns("away") == 5_000_000_000
    assert domains.drifts() == {"home": 0, "away": 700}
    assert domains.offset("away") == (5_000_000_700, 101 + 700)
    assert away.asked == 2 * 40


def test_between_two_foreign_clocks_both_bounds_add_up() -> None:
    domains = Domains("home")

    domains.measure({"east": Skewed(10), "west": Skewed(-10)})

    assert domains.bound_ns() == 101 + 101


def test_a_clock_that_never_answers_is_no_clock() -> None:
    with pytest.raises(TimeoutError, match="domain away"):
        Domains("home").measure({"away": Skewed(0, answers=False)})


def test_a_clock_that_does_not_answer_again_keeps_its_offset() -> None:
    away, domains = Skewed(300), Domains("home")
    domains.measure({"away": away})
    away.answers = False

    domains.measure({"away": away})

    assert domains.offset("away") == (300, 101)
