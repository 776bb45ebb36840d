"""Blocks of a body: cut at every place, in every line ending, and read by the suite's own parser."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests._blocks import LARGEST_BLOCK, Block, BlockReader, cut
from loadtests._probe import Probe

PROBE = Probe("probe-r-0", 7, "r", 1_000, 2_000)
BODY = (
    b"retry: 100\n\n"
    b": a comment\n\n"
    b"id: 1\nevent: measurement\ndata: " + PROBE.encode() + b"\n\n"
    b"id: 2\n\n"
    b"event: reset\ndata: {}\n\n"
    b"data: a\ndata: b\n\n\n"
    b"data: unfinished\n"
)
READ = [
    Block("", None, 100, None),
    Block("", None, None, None),
    Block("measurement", "1", None, PROBE),
    Block("", "2", None, None),
    Block("reset", None, None, None),
    Block("message", None, None, None),
]
ENDINGS = {"LF": b"\n", "CRLF": b"\r\n", "CR": b"\r"}


def read(*slices: bytes) -> list[Block]:
    """What a reader makes of the slices; blank lines left over from a border dispatch nothing."""
    reader, read, rest = BlockReader(), [], b""
    for part in slices:
        blocks, rest = cut(rest + part)
        read += [reader[block] for block in blocks]
    return [block for block in read if block != Block("", None, None, None)]


EXPECTED = [block for block in READ if block != Block("", None, None, None)]


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_body_cut_at_any_place_reads_the_same(ending: bytes) -> None:
    body = BODY.replace(b"\n", ending)

    assert all(read(body[:cut], body[cut:]) == EXPECTED for cut in range(len(body) + 1))


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_body_in_small_slices_reads_the_same(ending: bytes, size: int) -> None:
    body = BODY.replace(b"\n", ending)

    assert read(*(body[at : at + size] for at in range(0, len(body), size))) == EXPECTED


@given(
    st.lists(st.sampled_from([b"data: x", b":", b"id: 3", b"", b"\r", b"\n", b"\r\n"]), max_size=12),
    st.data(),
)
def test_cuts_make_no_difference_to_any_mixture_of_line_endings(
    parts: list[bytes], data: st.DataObject
) -> None:
    body = b"".join(parts)
    cut = data.draw(st.integers(0, len(body)))

    assert read(body[:cut], body[cut:], b"\n\n") == read(body, b"\n\n")


def test_a_byte_order_mark_is_skipped() -> None:
    assert read(b"\xef\xbb\xbfid: 1\ndata: x\n\n") == [Block("message", "1", None, None)]


def test_an_id_with_nul_sets_none() -> None:
    assert read(b"id: 1\x00\ndata: x\n\n") == [Block("message", None, None, None)]


def test_a_block_without_end_is_refused() -> None:
    assert cut(b"x" * LARGEST_BLOCK) == ([], b"x" * LARGEST_BLOCK)

    with pytest.raises(ValueError, match="a block longer than"):
        cut(b"x" * (LARGEST_BLOCK + 1))


@pytest.mark.parametrize(
    "data",
    [
        "x",
        '{"device": "d", "seq": 1}',
        '{"_probe": 1}',
        '{"_probe": {}, "device": "d", "seq": 1}',
        '{"_probe"',
        json.dumps({"device": "d", "seq": "1", "_probe": {"run": "r", "intended": 1, "sent": 1}}),
    ],
)
def test_what_is_no_probe_of_ours_is_somebody_elses_event(data: str) -> None:
    assert read(f"data: {data}\n\n".encode()) == [Block("message", None, None, None)]
