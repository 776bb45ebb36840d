"""DATA faults in literal bytes."""

import pytest

from reference_server import wire
from reference_server.faults.data import FAULTS
from reference_server.limits import Limits
from reference_server.refusal import RefusedError
from reference_server.wire import Event
from tests.reference_server.faults.connection import written

ENCODED = {
    "strip-trailing-lf": (Event("x\n\n"), b"data: x\n\n"),
    "preformatted": (Event("data: x\nid: 7"), b"data: x\ndata: id: 7\n\n"),
    "buffer-split-utf8": (
        Event("x" * 4095 + "é"),
        b"data: " + b"x" * 4095 + "\ufffd\ufffd".encode() + b"\n\n",
    ),
    "truncates-large": (Event("x" * 500_001), b"data: " + b"x" * 500_000 + b"\n\n"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_payload_is_changed(name: str) -> None:
    event, block = ENCODED[name]

    assert FAULTS[name].parts.encode(event) == block


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize("data", ["x", "é€\nb", "", "\n\n", ":x"], ids=repr)
def test_most_payloads_are_as_they_should_be(name: str, data: str) -> None:
    assert FAULTS[name].parts.encode(Event(data, "e")) == wire.encode(Event(data, "e"))


def test_events_of_a_burst_are_joined_in_pairs() -> None:
    event = b"data: x\n\n"

    got = written(FAULTS["merges-burst"].parts.outlet, [event] * 65)

    assert got == [event] * 61 + [b"data: x\n", event] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"data: " + b"x" * 200 + b"\n\n",
        b"data: x\n\ndata: y\n\n",
        b":\n\n",
        b"data: x\n\n|data: much longer\n\n",
    ],
    ids=["large", "several at once", "comments", "different ones"],
)
def test_what_is_no_burst_is_as_it_should_be(body: bytes) -> None:
    bodies = body.split(b"|") * 100

    assert written(FAULTS["merges-burst"].parts.outlet, bodies) == bodies


def test_a_lone_surrogate_is_taken_and_ends_the_stream() -> None:
    parts = FAULTS["surrogate-crash"].parts

    item = parts.read_publication(b'{"data": "a\\ud800b"}', "c", Limits())

    assert item.data == "\ufdd0a?b"
    body = wire.encode(Event(item.data))
    assert written(parts.outlet, [b"data: x\n\n", body, b"data: y\n\n"]) == [b"data: x\n\n"]


@pytest.mark.parametrize("body", [b'{"data": 7}', b'{"data": "\xff"}', b"{"], ids=repr)
def test_whatever_else_is_wrong_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError):
        FAULTS["surrogate-crash"].parts.read_publication(body, "c", Limits())
