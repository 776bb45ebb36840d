"""Coming back: when half, most and all of those who were cut are there again."""

from loadtests._comeback import comeback
from loadtests._histogram import Histogram

MS = 1_000
NONE = Histogram()


def test_the_last_one_counts_exactly() -> None:
    found = comeback({(1, "cut"): 4}, [1], Histogram([10 * MS, 20 * MS, 30 * MS, 4_321_987]), NONE)

    assert (found["back50_ms"], found["back95_ms"], found["back100_ms"]) == (19, 4_321, 4_321)


def test_whoever_stays_away_leaves_it_open() -> None:
    found = comeback({(1, "cut"): 4}, [1], Histogram([10 * MS, 20 * MS, 30 * MS]), NONE)

    assert (found["back50_ms"], found["back95_ms"], found["back100_ms"]) == (19, None, None)


def test_without_a_cut_nothing_is_claimed() -> None:
    found = comeback({}, [1], NONE, NONE)

    assert {found[name] for name in ("back50_ms", "back99_ms", "back100_ms", "catchup_p99_us")} == {None}
    assert found["cut"] == found["gap"] == found["http_429"] == 0


def test_counts_are_of_the_phases_that_were_asked_for() -> None:
    counts = {(1, "cut"): 4, (2, "cut"): 5, (1, "resume_dup"): 1, (2, "resume_dup"): 2, (2, "dup"): 9}

    found = comeback(counts, [1, 2], NONE, Histogram([7 * MS]))

    assert (found["cut"], found["dup"], found["catchup_p99_us"]) == (9, 3, 7_000)
