"""FRAME faults in literal bytes: blocks, and what a connection adds to them or takes away."""

from collections.abc import Sequence

import pytest

from reference_server import wire
from reference_server.faults.frame import FAULTS
from reference_server.wire import Event
from tests.reference_server.faults.connection import written

ENCODED = {
    "event-without-data": (Event("a", "e", "7"), b"event: before-e\n\nid: 7\nevent: e\ndata: a\n\n"),
    "mixed-line-ends": (Event("a\nb", "e"), b"event: e\r\ndata: a\r\ndata: b\r\n\r\n"),
    "id-twice": (Event("a", id="7"), b"id: 7\nid: 7\ndata: a\n\n"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_blocks_are_wrong_in_one_thing(name: str) -> None:
    event, block = ENCODED[name]

    assert FAULTS[name].parts.encode(event) == block


@pytest.mark.parametrize("name", ["event-without-data", "id-twice"])
def test_an_event_without_the_field_is_as_it_should_be(name: str) -> None:
    assert FAULTS[name].parts.encode(Event("a")) == wire.encode(Event("a"))


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(
    ("name", "greeting"),
    {
        "bom-first": b"\xef\xbb\xbf",
        "event-named-open": b"event: open\ndata: connected\n\n",
        "padding-in-one-line": b":" + b" " * 100_000 + b"\n\n",
    }.items(),
)
def test_a_stream_begins_with_what_does_not_belong_there(name: str, greeting: bytes, chunked: bool) -> None:
    bodies = [b"id: 1\n\n", b"data: x\n\n"]

    assert written(FAULTS[name].parts.outlet, bodies, chunked=chunked) == [greeting + bodies[0], bodies[1]]


LONG = b"".join(b"data: %d\n" % number for number in range(20)) + b"\n"
FIRST, SECOND = LONG[: LONG.index(b"data: 10")], LONG[LONG.index(b"data: 10") :]


@pytest.mark.parametrize(
    ("bodies", "expected"),
    {
        "a short event": ([b"data: x\n\n"], [b"data: x\n\n"]),
        "a long one in silence": ([LONG], [FIRST, SECOND]),
        "a short one gets between": ([LONG, b"data: x\n\n"], [FIRST, b"data: x\n\n" + SECOND]),
        "a long one gets between": ([LONG, LONG], [FIRST, FIRST + SECOND, SECOND]),
        "several at once": ([LONG + LONG], [LONG + LONG]),
    }.values(),
    ids=["a short event", "in silence", "a short one between", "a long one between", "several at once"],
)
def test_a_long_event_is_written_in_two_pieces(bodies: Sequence[bytes], expected: list[bytes]) -> None:
    outlet = FAULTS["interleaved-writes"].parts.outlet

    assert (
        written(
            outlet, bodies, until=lambda got: b"".join(got).count(b"\n\n") == b"".join(bodies).count(b"\n\n")
        )
        == expected
    )


def test_only_the_last_event_of_a_limited_stream_is_unclosed() -> None:
    outlet = FAULTS["no-final-blank"].parts.outlet
    greeting, event = b"retry: 2000\n\nid: 1\n\n", b"data: x\n\n"

    assert written(outlet, [greeting, event, event, event], limit=2) == [greeting, event, b"data: x\n", event]
    assert written(outlet, [event, event]) == [event, event]
