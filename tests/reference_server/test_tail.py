"""The ring of the newest events: what it gives, and what it lets go."""

from reference_server.log import Entry, Item
from reference_server.tail import Frame, Tail


def frame(entry: Entry) -> Frame:
    return Frame(entry.sequence, "c", "", entry.item.data.encode())


def tail_of(*texts: str, most_frames: int = 100, most_bytes: int = 1000, first: int = 1) -> Tail:
    tail = Tail(most_frames, most_bytes, frame)
    tail.add([Entry(sequence, Item("c", text)) for sequence, text in enumerate(texts, first)])
    return tail


def given(tail: Tail, sequence: int, most_bytes: int = 1000) -> list[int]:
    return [frame.sequence for frame in tail.after(sequence, most_bytes)]


def test_what_follows_a_sequence_comes_in_order() -> None:
    tail = tail_of("a", "", "c")

    assert (given(tail, 0), given(tail, 2), given(tail, 3)) == ([1, 2, 3], [3], [])


def test_a_write_is_bounded_but_one_frame_is_always_given() -> None:
    tail = tail_of("xxxx", "xx", "xx")

    assert (given(tail, 0, 3), given(tail, 1, 3), given(tail, 1, 4)) == ([1], [2], [2, 3])


def test_the_oldest_go_when_there_are_too_many() -> None:
    tail = tail_of("a", "", "c", most_frames=2)

    assert (given(tail, 0), given(tail, 1)) == ([], [2, 3])


def test_the_oldest_go_when_they_are_too_large() -> None:
    tail = tail_of("xxx", "xxx", "xxx", most_bytes=6)

    assert (len(tail), given(tail, 1)) == (2, [2, 3])


def test_the_newest_stays_however_large() -> None:
    tail = tail_of("a", "x" * 5000)

    assert given(tail, 1) == [2]


def test_a_tail_may_begin_anywhere() -> None:
    tail = tail_of("a", "", first=41)

    assert (given(tail, 40), given(tail, 0)) == ([41, 42], [])


def test_a_frame_is_made_once_and_only_if_it_is_wanted() -> None:
    made: list[int] = []

    def counting(entry: Entry) -> Frame:
        made.append(entry.sequence)
        return frame(entry)

    tail = Tail(100, 1000, counting)
    tail.add([Entry(1, Item("c", "a")), Entry(2, Item("c", "b"))])

    assert (given(tail, 1), given(tail, 1), made) == ([2], [2], [2])
    assert (given(tail, 0), made) == ([1, 2], [2, 1])


def test_what_has_gone_is_not_given_though_it_was_framed() -> None:
    tail = tail_of("a", "b", most_frames=2)

    assert given(tail, 0) == [1, 2]
    tail.add([Entry(3, Item("c", "c"))])
    assert (given(tail, 0), given(tail, 1)) == ([], [2, 3])
