"""The chunked coding: what is one, what only was cut off, and what is wrong, with its place."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.checks.chunks import Chunks, chunks

WHOLE = {
    "a chunk and the end": (b"9\r\ndata: x\n\n\r\n0\r\n\r\n", Chunks(1, ended=True)),
    "extensions, zeros, upper case": (b"00A;a=b ; c\r\n0123456789\r\n000\r\n\r\n", Chunks(1, ended=True)),
    "trailers": (b"1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", Chunks(1, ended=True)),
    "nothing but the end": (b"0\r\n\r\n", Chunks(0, ended=True)),
}
WRONG = {
    "no size": (b"data: x\r\n", "a line that is no chunk size", 0),
    "LF only": (b"1\nx\r\n", "a line that is no chunk size", 0),
    "a size in decimal": (
        b"10\r\ndata: abc\n\r\n9\r\ndata: x\n\n\r\n",
        "a chunk of 16 bytes is not followed by",
        20,
    ),
    "too short": (b"2\r\ndata\r\n", "a chunk of 2 bytes is not followed by a line end", 5),
    "an empty line": (b"1\r\nx\r\n\r\n", "a line that is no chunk size", 6),
    "events after the end": (b"0\r\ndata x\r\n\r\n", "a line that is no trailer", 3),
}


@pytest.mark.parametrize(("data", "expected"), WHOLE.values(), ids=WHOLE)
def test_chunks_are_counted_to_their_end(data: bytes, expected: Chunks) -> None:
    assert chunks(data) == expected


@pytest.mark.parametrize("data", [data for data, _ in WHOLE.values()], ids=WHOLE)
def test_wherever_it_is_cut_off_it_is_not_wrong(data: bytes) -> None:
    found = [chunks(data[:at]) for at in range(len(data))]

    assert [(one.wrong, one.ended) for one in found] == [("", False)] * len(data)


@pytest.mark.parametrize(("data", "wrong", "at"), WRONG.values(), ids=WRONG)
def test_what_is_no_chunk_has_a_place(data: bytes, wrong: str, at: int) -> None:
    found = chunks(data)

    assert found.wrong.startswith(wrong)
    assert (found.at, found.ended) == (at, False)


@given(st.lists(st.binary(min_size=1), max_size=5))
def test_what_h11_writes_is_read(pieces: list[bytes]) -> None:
    server = h11.Connection(h11.SERVER)
    server.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    server.next_event()
    server.send(h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")]))

    sent = b"".join(server.send(h11.Data(data=piece)) or b"" for piece in pieces)
    sent += server.send(h11.EndOfMessage()) or b""

    assert chunks(sent) == Chunks(len(pieces), ended=True)
