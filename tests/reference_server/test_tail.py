"""The ring of frames: what it gives, and what it lets go."""

from reference_server.tail import Frame, Tail


def tail_of(*bodies: bytes, most_frames: int = 100, most_bytes: int = 1000, first: int = 1) -> Tail:
    tail = Tail(most_frames, most_bytes)
    for sequence, body in enumerate(bodies, first):
        tail.add(Frame(sequence, "c", "", body))
    return tail


def given(tail: Tail, sequence: int, most_bytes: int = 1000) -> list[int]:
    return [frame.sequence for frame in tail.after(sequence, most_bytes)]


def test_what_follows_a_sequence_comes_in_order() -> None:
    tail = tail_of(b"a", b"b", b"c")

    assert (given(tail, 0), given(tail, 2), given(tail, 3)) == ([1, 2, 3], [3], [])


def test_a_write_is_bounded_but_one_frame_is_always_given() -> None:
    tail = tail_of(b"xxxx", b"xx", b"xx")

    assert (given(tail, 0, 3), given(tail, 1, 3), given(tail, 1, 4)) == ([1], [2], [2, 3])


def test_the_oldest_go_when_there_are_too_many() -> None:
    tail = tail_of(b"a", b"b", b"c", most_frames=2)

    assert (given(tail, 0), given(tail, 1)) == ([], [2, 3])


def test_the_oldest_go_when_they_are_too_large() -> None:
    tail = tail_of(b"xxx", b"xxx", b"xxx", most_bytes=6)

    assert (len(tail), given(tail, 1)) == (2, [2, 3])


def test_the_newest_stays_however_large() -> None:
    tail = tail_of(b"a", b"x" * 5000)

    assert given(tail, 1) == [2]


def test_a_tail_may_begin_anywhere() -> None:
    tail = tail_of(b"a", b"b", first=41)

    assert (given(tail, 40), given(tail, 0)) == ([41, 42], [])
