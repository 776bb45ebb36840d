"""A capture survives storage byte for byte, and a damaged one is refused by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.transcript import Arrival, Transcript, TranscriptError, read, write

ARRIVALS = st.tuples(st.builds(Arrival, st.floats(0, 1e6), st.binary(max_size=20)))
TRANSCRIPTS = st.builds(
    Transcript,
    label=st.text(max_size=9),
    url=st.just("http://x/"),
    request=st.binary(max_size=20),
    opened=st.floats(0, 1e9),
    arrivals=ARRIVALS,
    end=st.sampled_from(["", "eof"]),
    lasted=st.floats(0, 1e6),
)


@given(st.lists(TRANSCRIPTS, max_size=3))
def test_what_is_written_is_read(transcripts: list[Transcript]) -> None:
    assert list(read(write(transcripts))) == transcripts


@pytest.mark.parametrize(
    ("lines", "complaint"),
    {
        "no JSON": ([b"{"], "line 1: "),
        "bytes before an opening": (
            [b'{"type":"bytes","seconds":1,"data":""}'],
            "line 1: bytes out of place",
        ),
        "not a byte": (
            [
                b'{"type":"open","label":"","url":"","request":"","opened":0}',
                '{"type":"bytes","seconds":1,"data":"€"}'.encode(),
            ],
            "line 2: '€' is not a byte",
        ),
        "cut off": (
            [b'{"type":"open","label":"quiet","url":"","request":"","opened":0}'],
            "the capture of 'quiet' was cut off",
        ),
    }.values(),
    ids=str,
)
def test_a_damaged_capture_is_refused(lines: list[bytes], complaint: str) -> None:
    with pytest.raises(TranscriptError, match=complaint):
        list(read(lines))
