"""Loss, duplicates and order: literal sequences, and any sequence against a model that keeps everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._accounting import Loss, Seen, Track

NEW, LATE, DUPLICATE, HISTORY = Seen.NEW, Seen.LATE, Seen.DUPLICATE, Seen.HISTORY


def feed(first: int, seqs: list[int]) -> tuple[Track, list[Seen]]:
    track = Track("s", first)
    return track, [track.see(seq) for seq in seqs]


CASES = {
    "in order": (3, [3, 4, 5], [NEW, NEW, NEW], 0),
    "a gap": (3, [3, 5], [NEW, NEW], 1),
    "the first is missing": (3, [5], [NEW], 2),
    "the tail is missing": (3, [3], [NEW], 2),
    "nothing at all": (3, [], [], 3),
    "out of order": (3, [3, 5, 4], [NEW, NEW, LATE], 0),
    "twice": (3, [3, 4, 4, 5], [NEW, NEW, DUPLICATE, NEW], 0),
    "late, and then again": (3, [4, 3, 3, 5], [NEW, LATE, DUPLICATE, NEW], 0),
    "from before": (3, [2, 3, 4, 5], [HISTORY, NEW, NEW, NEW], 0),
    "only from before": (3, [1, 2], [HISTORY, HISTORY], 3),
}


@pytest.mark.parametrize(("first", "seqs", "seen", "lost"), CASES.values(), ids=CASES)
def test_what_a_number_was_and_what_is_lost_in_the_end(
    first: int, seqs: list[int], seen: list[Seen], lost: int
) -> None:
    track, found = feed(first, seqs)

    assert found == seen
    assert track.losses(5, {"all": range(100)}) == {"all": Loss(3, lost)}
    assert track.whole_until(5) == (lost == 0)


def test_a_gap_after_a_reset_is_announced_and_the_next_one_is_silent() -> None:
    track = Track("s", 0)
    track.see(0)
    track.reset()
    track.see(3)
    track.see(5)

    (loss,) = track.losses(5, {"all": range(100)}).values()

    assert (loss, loss.silent) == (Loss(6, 3, announced=2), 1)


def test_a_reset_announces_the_tail() -> None:
    track, _ = feed(0, [0, 1])
    track.reset()

    assert track.losses(3, {"all": range(100)}) == {"all": Loss(4, 2, announced=2)}


def test_nobody_expects_what_was_never_confirmed() -> None:
    track, _ = feed(0, [0, 3])

    assert track.losses(5, {"all": range(100)}, unconfirmed={1, 3, 5}) == {"all": Loss(3, 2)}


def test_losses_are_told_by_window() -> None:
    track, _ = feed(2, [3, 4, 6])

    found = track.losses(
        7, {"before": range(2), "one": range(5), "two": range(5, 10), "after": range(10, 20)}
    )

    assert found == {"one": Loss(3, 1), "two": Loss(3, 2)}


def test_losses_add_up() -> None:
    assert Loss(5, 2, 1) + Loss(7, 1) == Loss(12, 3, 1)


@given(
    first=st.integers(0, 5),
    arrivals=st.lists(st.one_of(st.integers(0, 14), st.none()), max_size=30),
    more=st.integers(0, 3),
    unconfirmed=st.sets(st.integers(0, 16), max_size=4),
)
def test_any_sequence_agrees_with_a_model(
    first: int, arrivals: list[int | None], more: int, unconfirmed: set[int]
) -> None:
    """None is a reset. The model keeps every arrival, and when each number was first passed over."""
    track = Track("s", first)
    came: set[int] = set()
    announced: set[int] = set()
    top, said = first - 1, False
    for seq in arrivals:
        if seq is None:
            track.reset()
            said = True
            continue
        if seq < first:
            expected = HISTORY
        elif seq in came:
            expected = DUPLICATE
        else:
            expected = NEW if seq > top else LATE
        assert track.see(seq) is expected
        if seq > top:
            announced |= set(range(top + 1, seq)) if said else set()
            top, said = seq, False
        if seq >= first:
            came.add(seq)
    final = max(top, first) + more
    due = set(range(first, final + 1)) - unconfirmed
    announced |= set(range(top + 1, final + 1)) if said else set()

    (found,) = track.losses(final, {"all": range(100)}, unconfirmed).values()

    assert found == Loss(len(due), len(due - came), len((due - came) & announced))
    assert track.whole_until(final) == (not set(range(first, final + 1)) - came)
