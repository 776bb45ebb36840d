"""The oracle against the standard: literal bytes written by hand, in slices, and beside a foreign parser."""

import sys
from collections.abc import Iterator
from itertools import pairwise
from time import process_time

import pytest
from httpx_sse import SSEError
from httpx_sse._decoders import SSEDecoder, SSELineDecoder
from hypothesis import given
from hypothesis import strategies as st

from conformance.eventstream import (
    LONGEST_RETRY,
    Block,
    BlockStream,
    Event,
    EventStream,
    Field,
    first_invalid_utf8,
)
from conformance.visible import visible
from tests.conformance.vectors import VECTORS, Dispatched, Vector

SLICES = [1, 2, 3, 1000]


def slices(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def events(body: bytes, size: int = sys.maxsize) -> tuple[list[Event], EventStream]:
    stream = EventStream()
    return [event for piece in slices(body, size) for event in stream.feed(piece)], stream


def blocks(body: bytes, size: int = sys.maxsize) -> tuple[list[Block], Block | None]:
    stream = BlockStream()
    return [block for piece in slices(body, size) for block in stream.feed(piece)], stream.unfinished


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_events_of_the_vectors_however_they_are_delivered(vector: Vector) -> None:
    for delivery in vector.deliveries:
        stream = EventStream()

        found = [event for piece in delivery for event in stream.feed(piece)]

        assert [Dispatched(event.type, event.data, event.last_event_id) for event in found] == vector.events
        assert (stream.last_event_id, stream.retry) == (vector.last_event_id, vector.retry)


def test_vectors_say_in_text_what_they_are_in_bytes() -> None:
    assert {vector.id: visible(vector.body) for vector in VECTORS.values()} == {
        vector.id: vector.text for vector in VECTORS.values()
    }


def test_a_vector_is_delivered_whole_and_cut_in_every_delicate_place() -> None:
    assert VECTORS["crlf"].splits == [[], [6], [9], [10], [15], [18], [19], [24], [27], [28], [29]]
    assert all(vector.splits[0] == [] for vector in VECTORS.values())


def test_a_retry_of_five_thousand_digits_is_the_longest() -> None:
    _, stream = events(b"retry: " + b"9" * 5000 + b"\n\n")

    assert stream.retry == LONGEST_RETRY


def field(name: str, value: str, offset: int, ending: str = "\n") -> Field:
    return Field(name, value, offset, ending)


# name: (body, blocks, what is unfinished at its end)
BLOCKS: dict[str, tuple[bytes, list[Block], Block | None]] = {
    "LF": (
        b"id: 1\ndata: x\n\n: c\n\n",
        [
            Block((field("id", "1", 0), field("data", "x", 6)), 0, 15),
            Block((field("", " c", 15),), 15, 20),
        ],
        None,
    ),
    "CRLF, closed by the CR": (
        b"id: 1\r\ndata: x\r\n\r\ndata: y\r\n\r\n",
        [
            Block((field("id", "1", 0, "\r\n"), field("data", "x", 7, "\r\n")), 0, 17),
            Block((field("data", "y", 18, "\r\n"),), 18, 28),
        ],
        None,
    ),
    "CR": (
        b"data: x\r\rdata: y\r\r",
        [Block((field("data", "x", 0, "\r"),), 0, 9), Block((field("data", "y", 9, "\r"),), 9, 18)],
        None,
    ),
    "mixed": (
        b"data: a\rdata: b\r\ndata: c\n\r\n",
        [Block((field("data", "a", 0, "\r"), field("data", "b", 8, "\r\n"), field("data", "c", 17)), 0, 26)],
        None,
    ),
    "a BOM belongs to no block": (b"\xef\xbb\xbfdata: x\n\n", [Block((field("data", "x", 3),), 3, 12)], None),
    "offsets count bytes": (
        "data: é€😀\ndata: y\n\n".encode(),
        [Block((field("data", "é€😀", 0), field("data", "y", 16)), 0, 25)],
        None,
    ),
    "extra blank lines": (
        b"\n\r\n\rdata\n\n",
        [Block((), 0, 1), Block((), 1, 2), Block((), 3, 4), Block((field("data", "", 4),), 4, 10)],
        None,
    ),
    "names and values as they are": (
        b"Foo:  bar\n:  c\nfoo\n: \n::\n\n",
        [
            Block(
                (
                    field("Foo", " bar", 0),
                    field("", "  c", 10),
                    field("foo", "", 15),
                    field("", " ", 19),
                    field("", ":", 22),
                ),
                0,
                26,
            )
        ],
        None,
    ),
    "an unfinished line": (
        b"data: x\n\ndata: y",
        [Block((field("data", "x", 0),), 0, 9)],
        Block((field("data", "y", 9, ""),), 9, 16),
    ),
    "an unfinished block": (
        b"data: x\nid: 1\n",
        [],
        Block((field("data", "x", 0), field("id", "1", 8)), 0, 14),
    ),
    "unfinished after a CR": (b"data: x\r", [], Block((field("data", "x", 0, "\r"),), 0, 8)),
    "unfinished after a CRLF": (b"data: x\r\n", [], Block((field("data", "x", 0, "\r\n"),), 0, 9)),
    "unfinished on both counts": (
        b"id: 1\nda",
        [],
        Block((field("id", "1", 0), field("da", "", 6, "")), 0, 8),
    ),
    "half a BOM": (b"\xef\xbb", [], Block((field("\ufffd", "", 0, ""),), 0, 2)),
    "a BOM alone": (b"\xef\xbb\xbf", [], None),
    "nothing": (b"", [], None),
}


@pytest.mark.parametrize("size", SLICES)
@pytest.mark.parametrize(("body", "expected", "unfinished"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_of_literal_bytes(
    body: bytes, expected: list[Block], unfinished: Block | None, size: int
) -> None:
    assert blocks(body, size) == (expected, unfinished)


def test_an_event_tells_where_its_block_lies() -> None:
    body = "\ufeff: é\r\n\r\nid: 1\r\ndata: x\r\n\r\n\ndata: y\n\n".encode()

    found, _ = events(body)

    assert [(event.data, body[event.begin : event.end]) for event in found] == [
        ("x", b"id: 1\r\ndata: x\r\n\r"),
        ("y", b"data: y\n\n"),
    ]


def test_an_event_is_not_held_back_by_a_cr_at_the_end_of_a_slice() -> None:
    stream = EventStream()

    assert [event.data for event in stream.feed(b"data: x\r\n\r")] == ["x"]
    assert list(stream.feed(b"\n")) == []
    assert [event.data for event in stream.feed(b"data: y\n\n")] == ["y"]


def test_empty_slices_change_nothing() -> None:
    stream = EventStream()

    found = [
        event.data for piece in (b"", b"data: x\r", b"", b"\n\r", b"", b"\n") for event in stream.feed(piece)
    ]

    assert found == ["x"]


def test_a_slice_is_taken_in_even_if_nobody_reads_its_events() -> None:
    stream = EventStream()

    stream.feed(b"id: 1\ndata: x\n\nid: 2\ndata: y\n\ndata: ")

    assert stream.last_event_id == "2"
    assert [event.data for event in stream.feed(b"z\n\n")] == ["z"]


TOKENS = [
    b"data",
    b"event",
    b"id",
    b"retry",
    b":",
    b" ",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"7",
    b"x",
    b"\xef\xbb\xbf",
    b"\xe2\x82",
    b"\xac",
    b"\xff",
    "é".encode(),
]
BODIES = st.one_of(st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join), st.binary(max_size=60))


@given(BODIES, st.lists(st.integers(0, 60)))
def test_any_slicing_equals_the_whole(body: bytes, cuts: list[int]) -> None:
    borders = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    pieces = [body[begin:end] for begin, end in pairwise(borders)]
    stream, block_stream = EventStream(), BlockStream()

    found = [event for piece in pieces for event in stream.feed(piece)]
    cut = [block for piece in pieces for block in block_stream.feed(piece)]

    whole, after = events(body)
    assert found == whole
    assert (stream.last_event_id, stream.retry) == (after.last_event_id, after.retry)
    assert (cut, block_stream.unfinished) == blocks(body)


@given(BODIES)
def test_decoding_first_as_the_standard_does_gives_the_same_lines(body: bytes) -> None:
    text = body.decode("utf-8", "replace").removeprefix("\ufeff")

    finished, unfinished = blocks(body)

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fields = [
        line.name for block in [*finished, *([unfinished] if unfinished else [])] for line in block.fields
    ]
    assert fields == [line.partition(":")[0] for line in lines if line]


@given(BODIES)
def test_blocks_and_their_gaps_cover_the_body(body: bytes) -> None:
    finished, unfinished = blocks(body)

    covered = 0
    for block in [*finished, *([unfinished] if unfinished else [])]:
        assert body[covered : block.begin] in (b"", b"\n", b"\xef\xbb\xbf")
        covered = block.end
    assert body[covered:] in (b"", b"\n", b"\xef\xbb\xbf")


def seconds_for(line: int, slice_: int) -> float:
    """The best of three readings of one line of that many bytes in slices of that many, in CPU time."""
    body = b"data: " + b"x" * line + b"\n\n"

    def reading() -> float:
        begin = process_time()
        found, _ = events(body, slice_)
        seconds = process_time() - begin
        assert [len(event.data) for event in found] == [line]
        return seconds

    return min(reading() for _ in range(3))


def test_a_long_line_costs_linear_work() -> None:
    """Joining the rest at every slice costs 64 times the work, not 8; small slices make that visible."""
    assert seconds_for(1_600_000, 64) < 24 * seconds_for(200_000, 64)


def test_five_megabytes_in_one_line_arrive_whole() -> None:
    body = b"data: " + b"0123456789" * 500_000 + b"\n\n"

    found, _ = events(body, 16_384)

    assert [event.data for event in found] == ["0123456789" * 500_000]


@pytest.mark.parametrize(
    ("body", "offset"),
    {
        "ASCII": (b"data: x\n\n", None),
        "four bytes": ("😀".encode(), None),
        "a BOM": (b"\xef\xbb\xbfx", None),
        "a noncharacter": ("\uffff".encode(), None),
        "a stray continuation": (b"ab\x80", 2),
        "Latin-1": (b"caf\xe9 au lait", 3),
        "overlong": (b"\xc0\xaf", 0),
        "a surrogate": (b"x\xed\xa0\x80", 1),
        "beyond Unicode": (b"xy\xf4\x90\x80\x80", 2),
        "broken by a line end": (b"\xe2\x82\nx", 0),
        "after good ones": ("€€".encode() + b"\xff", 6),
    }.values(),
    ids=str,
)
@pytest.mark.parametrize("final", [True, False])
def test_invalid_utf8_is_found_where_it_begins(body: bytes, offset: int | None, final: bool) -> None:
    assert first_invalid_utf8(body, final=final) == offset


def test_a_sequence_cut_by_the_end_is_invalid_only_when_nothing_follows() -> None:
    assert first_invalid_utf8(b"data: \xe2\x82") == 6
    assert first_invalid_utf8(b"data: \xe2\x82", final=False) is None


def foreign(body: bytes) -> list[Dispatched] | None:
    """What httpx-sse makes of `body` in one slice; None where it raises."""
    lines, decoder = SSELineDecoder(), SSEDecoder()
    try:
        found = [
            decoder.decode(line) for line in [*lines.decode(body.decode("utf-8", "replace")), *lines.flush()]
        ]
    except (SSEError, ValueError):
        return None
    return [Dispatched(sse.event, sse.data, sse.id) for sse in found if sse is not None]


# Where httpx-sse 0.4.3 leaves the standard; in all other cases the two must agree.
KEEPS_THE_BOM = {"a BOM"}
FIRES_WITHOUT_DATA = {
    "a clean stream",
    "an event without data",
    "the type ends with a block without data",
    "an id alone moves the cursor and fires nothing",
    "retry alone",
    "retry 0",
    "retry with leading zeros",
    "retry is never octal",
    "an empty retry",
    "a bad retry keeps the good one",
}
FIRES_AT_EVERY_BLANK_LINE_AFTER_AN_ID = {
    "comments after an id fire nothing",
    "extra blank lines after an id",
    "an id with NUL is ignored",
    "an id that is NUL is ignored",
}
READS_RETRY_AS_PYTHON_READS_NUMBERS = {
    "retry with a sign",
    "retry with an underscore",
    "retry with a second space",
    "retry with a trailing space",
    "retry in full-width digits",
}


def test_httpx_sse_agrees_but_for_its_known_deviations() -> None:
    differing = {vector.title for vector in VECTORS.values() if foreign(vector.body) != vector.events}

    assert differing == (
        KEEPS_THE_BOM
        | FIRES_WITHOUT_DATA
        | FIRES_AT_EVERY_BLANK_LINE_AFTER_AN_ID
        | READS_RETRY_AS_PYTHON_READS_NUMBERS
    )
