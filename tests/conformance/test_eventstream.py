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

SLICES = [1, 2, 3, 1000]
Triple = tuple[str, str, str]  # data, type, last event id


def slices(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def events(body: bytes, size: int = sys.maxsize) -> tuple[list[Event], EventStream]:
    stream = EventStream()
    return [event for piece in slices(body, size) for event in stream.feed(piece)], stream


def blocks(body: bytes, size: int = sys.maxsize) -> tuple[list[Block], Block | None]:
    stream = BlockStream()
    return [block for piece in slices(body, size) for block in stream.feed(piece)], stream.unfinished


def message(data: str, last_event_id: str = "") -> Triple:
    return (data, "message", last_event_id)


# name: (body, events, last event id afterwards, retry afterwards)
CASES: dict[str, tuple[bytes, list[Triple], str, int | None]] = {
    "one line": (b"data: x\n\n", [message("x")], "", None),
    "no space after the colon": (b"data:x\n\n", [message("x")], "", None),
    "only one space is removed": (b"data:  x\n\n", [message(" x")], "", None),
    "a tab is no space": (b"data:\tx\n\n", [message("\tx")], "", None),
    "a trailing space stays": (b"data: x \n\n", [message("x ")], "", None),
    "a colon in the value": (b"data: a:b: c\n\n", [message("a:b: c")], "", None),
    "two data lines": (b"data: a\ndata: b\n\n", [message("a\nb")], "", None),
    "YHOO of the standard": (b"data: YHOO\ndata: +2\ndata: 10\n\n", [message("YHOO\n+2\n10")], "", None),
    "four blocks of the standard": (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n",
        [message("first event", "1"), message("second event")],
        "",
        None,
    ),
    "two events of the standard": (b"data\n\ndata\ndata\n\ndata:", [message(""), message("\n")], "", None),
    "identical events of the standard": (b"data:test\n\ndata: test\n\n", [message("test")] * 2, "", None),
    "a data line without colon": (b"data\n\n", [message("")], "", None),
    "an empty data line": (b"data:\n\n", [message("")], "", None),
    "an empty line inside": (b"data: a\ndata\ndata: b\n\n", [message("a\n\nb")], "", None),
    "a trailing line break": (b"data: a\ndata:\n\n", [message("a\n")], "", None),
    "a leading line break": (b"data:\ndata: a\n\n", [message("\na")], "", None),
    "a type": (b"event: add\ndata: 1\n\n", [("1", "add", "")], "", None),
    "the type comes after the data": (b"data: 1\nevent: add\n\n", [("1", "add", "")], "", None),
    "the last type wins": (b"event: a\nevent: b\ndata: 1\n\n", [("1", "b", "")], "", None),
    "an empty type is message": (b"event: a\nevent:\ndata: 1\n\n", [message("1")], "", None),
    "the type ends with its block": (
        b"event: a\ndata: 1\n\ndata: 2\n\n",
        [("1", "a", ""), message("2")],
        "",
        None,
    ),
    "the type ends with a block without data": (b"event: a\n\ndata: 2\n\n", [message("2")], "", None),
    "a type with a NUL is kept": (b"event: a\0b\ndata: 1\n\n", [("1", "a\0b", "")], "", None),
    "an id": (b"id: 7\ndata: x\n\n", [message("x", "7")], "7", None),
    "the id stays": (b"id: 7\ndata: x\n\ndata: y\n\n", [message("x", "7"), message("y", "7")], "7", None),
    "the last id wins": (b"id: 7\nid: 8\ndata: x\n\n", [message("x", "8")], "8", None),
    "an id after the data": (b"data: x\nid: 7\n\n", [message("x", "7")], "7", None),
    "an empty id resets it": (
        b"id: 7\ndata: x\n\nid\ndata: y\n\n",
        [message("x", "7"), message("y")],
        "",
        None,
    ),
    "an id alone moves the cursor and fires nothing": (b"id: 7\n\n", [], "7", None),
    "an id with NUL is ignored": (b"id: 1\n\nid: a\0b\ndata: x\n\n", [message("x", "1")], "1", None),
    "an id that is NUL is ignored": (b"id: 1\n\nid: \0\ndata: x\n\n", [message("x", "1")], "1", None),
    "an id keeps a second space": (b"id:  7 \ndata: x\n\n", [message("x", " 7 ")], " 7 ", None),
    "an id of three bytes a character": ("id: …\ndata: x\n\n".encode(), [message("x", "…")], "…", None),
    "an unfinished block does not move the id": (
        b"id: 1\ndata: x\n\nid: 2\ndata: y\n",
        [message("x", "1")],
        "1",
        None,
    ),
    "an unfinished line is discarded": (b"data: x\n\ndata: y", [message("x")], "", None),
    "a finished line is not a finished block": (b"data: x\n", [], "", None),
    "retry": (b"retry: 1000\ndata: x\n\n", [message("x")], "", 1000),
    "retry alone": (b"retry: 1000\n\n", [], "", 1000),
    "retry counts before its block ends": (b"retry: 1000\n", [], "", 1000),
    "retry 0": (b"retry: 0\n\n", [], "", 0),
    "retry with leading zeros": (b"retry: 007\n\n", [], "", 7),
    "retry is never octal": (b"retry: 0000000000000000000000010\n\n", [], "", 10),
    "retry with a sign": (b"retry: -5\nretry: +5\n\n", [], "", None),
    "retry with a fraction": (b"retry: 1.5\n\n", [], "", None),
    "retry with an underscore": (b"retry: 1_000\n\n", [], "", None),
    "retry with a second space": (b"retry:  5\n\n", [], "", None),
    "retry with a trailing space": (b"retry: 5 \n\n", [], "", None),
    "retry with letters": (b"retry: 3s\n\n", [], "", None),
    "retry in full-width digits": ("retry: \uff15\n\n".encode(), [], "", None),
    "retry in superscript": ("retry: ²\n\n".encode(), [], "", None),
    "an empty retry": (b"retry: 3000\nretry:\nretry\n\n", [], "", 3000),
    "a bad retry keeps the good one": (b"retry: 3000\nretry: soon\n\n", [], "", 3000),
    "retry of five thousand digits": (b"retry: " + b"9" * 5000 + b"\n\n", [], "", LONGEST_RETRY),
    "a comment": (b": hello\n\n", [], "", None),
    "an empty comment": (b":\n\n", [], "", None),
    "a comment between data lines": (b"data: a\n:\ndata: b\n\n", [message("a\nb")], "", None),
    "a comment that looks like data": (b":data: x\n\n", [], "", None),
    "comments after an id fire nothing": (
        b"id: 1\ndata: x\n\n: ping\n\n: ping\n\n",
        [message("x", "1")],
        "1",
        None,
    ),
    "extra blank lines": (b"\n\n\ndata: x\n\n\n\n", [message("x")], "", None),
    "extra blank lines after an id": (b"id: 1\ndata: x\n\n\n\n", [message("x", "1")], "1", None),
    "an event without data": (b"event: ping\n\n", [], "", None),
    "an unknown field": (b"foo: bar\ndata: x\n\n", [message("x")], "", None),
    "an unknown field without colon": (b"foo\ndata: x\n\n", [message("x")], "", None),
    "names are case-sensitive": (b"Data: x\nDATA: y\nID: 1\n\n", [], "", None),
    "a space before the name": (b" data: x\n\n", [], "", None),
    "a space before the colon": (b"data : x\n\n", [], "", None),
    "a NUL in the name": (b"da\0ta: x\n\n", [], "", None),
    "a NUL in the data": (b"data: a\0b\n\n", [message("a\0b")], "", None),
    "CRLF": (b"event: e\r\ndata: a\r\ndata: b\r\n\r\n", [("a\nb", "e", "")], "", None),
    "CR": (b"event: e\rdata: a\rdata: b\r\r", [("a\nb", "e", "")], "", None),
    "mixed endings": (b"data: a\ndata: b\r\ndata: c\r\n\r\n", [message("a\nb\nc")], "", None),
    "LF then CR is two line ends": (b"data: a\n\rdata: b\n\n", [message("a"), message("b")], "", None),
    "CRLF then LF": (b"data: a\r\n\ndata: b\n\n", [message("a"), message("b")], "", None),
    "CR then CRLF": (b"data: a\r\r\ndata: b\n\n", [message("a"), message("b")], "", None),
    "one CRLF ends no block": (b"data: a\r\ndata: b\r\n\r\n", [message("a\nb")], "", None),
    "line separators of Unicode are data": (
        "data: a\u2028b\u2029c\x85d\n\n".encode(),
        [message("a\u2028b\u2029c\x85d")],
        "",
        None,
    ),
    "control characters are data": (
        b"data: a\x0bb\x0cc\x1cd\x1de\x1ef\x1fg\n\n",
        [message("a\x0bb\x0cc\x1cd\x1de\x1ef\x1fg")],
        "",
        None,
    ),
    "a BOM": (b"\xef\xbb\xbfdata: x\n\n", [message("x")], "", None),
    "a second BOM is part of the name": (b"\xef\xbb\xbf\xef\xbb\xbfdata: x\n\n", [], "", None),
    "a BOM later on": (b"data: x\n\n\xef\xbb\xbfdata: y\n\n", [message("x")], "", None),
    "a BOM in data": (b"data: \xef\xbb\xbfx\n\n", [message("\ufeffx")], "", None),
    "a BOM alone": (b"\xef\xbb\xbf", [], "", None),
    "half a BOM": (b"\xef\xbb", [], "", None),
    "half a BOM before a field": (b"\xef\xbbdata: x\n\ndata: y\n\n", [message("y")], "", None),
    "a BOM before a comment": (b"\xef\xbb\xbf: x\n\ndata: y\n\n", [message("y")], "", None),
    "two, three and four bytes": ("data: é€😀\n\n".encode(), [message("é€😀")], "", None),
    "a stray byte": (b"data: a\xffb\n\n", [message("a\ufffdb")], "", None),
    "Latin-1": (b"data: caf\xe9\n\n", [message("caf\ufffd")], "", None),
    "a sequence broken by the line end": (b"data: \xe2\x82\ndata: x\n\n", [message("\ufffd\nx")], "", None),
    "a sequence broken by CR": (b"data: \xf0\x9f\x98\r\r", [message("\ufffd")], "", None),
    "a sequence broken by the colon": (b"data\xe2: x\n\ndata: y\n\n", [message("y")], "", None),
    "an overlong slash": (b"data: \xc0\xaf\n\n", [message("\ufffd\ufffd")], "", None),
    "a surrogate": (b"data: \xed\xa0\x80\n\n", [message("\ufffd" * 3)], "", None),
    "beyond Unicode": (b"data: \xf4\x90\x80\x80\n\n", [message("\ufffd" * 4)], "", None),
    "an id that is not UTF-8": (b"id: \xff\ndata: x\n\n", [message("x", "\ufffd")], "\ufffd", None),
    "nothing": (b"", [], "", None),
    "one LF": (b"\n", [], "", None),
    "an injected line": (b"data: x\revent: evil\r\r", [("x", "evil", "")], "", None),
}


@pytest.mark.parametrize("size", SLICES)
@pytest.mark.parametrize(("body", "expected", "last_event_id", "retry"), CASES.values(), ids=CASES)
def test_events_of_literal_bytes(
    body: bytes, expected: list[Triple], last_event_id: str, retry: int | None, size: int
) -> None:
    found, stream = events(body, size)

    assert [(event.data, event.type, event.last_event_id) for event in found] == expected
    assert (stream.last_event_id, stream.retry) == (last_event_id, retry)


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


def foreign(body: bytes) -> list[Triple] | None:
    """What httpx-sse makes of `body` in one slice; None where it raises."""
    lines, decoder = SSELineDecoder(), SSEDecoder()
    try:
        found = [
            decoder.decode(line) for line in [*lines.decode(body.decode("utf-8", "replace")), *lines.flush()]
        ]
    except (SSEError, ValueError):
        return None
    return [(sse.data, sse.event, sse.id) for sse in found if sse is not None]


# Where httpx-sse 0.4.3 leaves the standard; in all other cases the two must agree.
KEEPS_THE_BOM = {"a BOM"}
FIRES_WITHOUT_DATA = {
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
    differing = {name for name, (body, expected, *_) in CASES.items() if foreign(body) != expected}

    assert differing == (
        KEEPS_THE_BOM
        | FIRES_WITHOUT_DATA
        | FIRES_AT_EVERY_BLANK_LINE_AFTER_AN_ID
        | READS_RETRY_AS_PYTHON_READS_NUMBERS
    )
