"""Seams: what is missing where a stream was taken up again, literally."""

from loadtests._accounting import Track
from loadtests._seam import Seam


def track(*seen: int, source: str = "s") -> Track:
    found = Track(source, 0)
    for seq in seen:
        found.see(seq)
    return found


def test_what_was_replayed_is_no_gap() -> None:
    seam = Seam(1, 7, {"s": 2})
    seam.close("s", 6)

    assert seam.gap([track(0, 1, 2, 3, 4, 5, 6)]) == 0


def test_what_never_came_is_one() -> None:
    seam = Seam(1, 7, {"s": 2})
    seam.close("s", 6)

    assert seam.gap([track(0, 1, 2, 4, 6)]) == 2


def test_losses_elsewhere_are_not_the_seam_s() -> None:
    seam = Seam(1, 7, {"s": 2})
    seam.close("s", 4)
    seam.close("s", 9)  # only the first live event ends it

    assert seam.gap([track(0, 2, 3, 4, 9)]) == 0


def test_without_a_live_event_nobody_knows_where_it_ends() -> None:
    assert Seam(1, 7, {"s": 2}).gap([track(0, 1, 2, 5)]) == 0


def test_each_source_has_its_own() -> None:
    seam = Seam(1, 7, {"a": 0, "b": 0})
    seam.close("a", 2)
    seam.close("b", 3)

    assert seam.gap([track(0, 2, source="a"), track(0, 3, source="b")]) == 1 + 2
