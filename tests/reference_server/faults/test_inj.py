"""INJ faults in literal bytes: what is let in, and what becomes of it on the wire."""

import json

import pytest

from reference_server.faults.inj import FAULTS
from reference_server.limits import Limits
from reference_server.refusal import RefusedError
from reference_server.wire import Event

# name: what is published, and its block
TAKEN: dict[str, tuple[dict[str, object], bytes]] = {
    "lf-in-event": ({"event": "a\ndata: evil"}, b"event: a\ndata: evil\ndata: x\n\n"),
    "lf-in-id": ({"id": "a\ndata: evil"}, b"id: a\ndata: evil\ndata: x\n\n"),
    "lf-in-comment": ({"comment": "a\n\ndata: evil\n"}, b": a\n\ndata: evil\n\ndata: x\n\n"),
    "retry-float": ({"retry": 1.5}, b"retry: 1.5\ndata: x\n\n"),
    "nul-id": ({"id": "a\0b"}, b"id: a\0b\ndata: x\n\n"),
    "strips-event-name": ({"event": "a\r\nb"}, b"event: ab\ndata: x\n\n"),
}


def block(name: str, fields: dict[str, object]) -> bytes:
    """What a server with this fault writes for a publication."""
    parts = FAULTS[name].parts
    item = parts.read_publication(json.dumps({"data": "x", **fields}).encode(), "c", Limits())
    return parts.encode(Event(item.data, item.event, item.id, item.retry, item.comment))


@pytest.mark.parametrize("name", TAKEN)
def test_what_should_be_refused_is_taken(name: str) -> None:
    fields, expected = TAKEN[name]

    assert block(name, fields) == expected


@pytest.mark.parametrize("name", TAKEN)
def test_harmless_fields_are_as_they_should_be(name: str) -> None:
    got = block(name, {"event": "e", "id": "7", "retry": 3000, "comment": "c"})

    assert sorted(got.split(b"\n")) == sorted(b": c\nid: 7\nevent: e\nretry: 3000\ndata: x\n\n".split(b"\n"))


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("lf-in-id", {"id": "\0"}),
        ("nul-id", {"id": "\n"}),
        ("retry-float", {"retry": -1}),
        ("lf-in-id", {"event": "\n"}),
    ],
    ids=str,
)
def test_another_fault_s_input_is_refused(name: str, fields: dict[str, object]) -> None:
    with pytest.raises(RefusedError):
        block(name, fields)


def test_an_unknown_cursor_is_written_as_it_came() -> None:
    told = json.dumps({"reason": "unknown", "asked": "a\r\ndata: evil\r\n\r\n"})

    encoded = FAULTS["reflect-cursor"].parts.encode(Event(told, "reset"))

    assert encoded.startswith(b": no such id: a\r\ndata: evil\r\n\r\n\nevent: reset\ndata: {")
    assert FAULTS["reflect-cursor"].parts.encode(Event("x")) == b"data: x\n\n"
