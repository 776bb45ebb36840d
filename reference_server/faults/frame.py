"""Blocks that are framed wrong."""

from reference_server import wire
from reference_server.faults.block import with_lines
from reference_server.faults.fault import Fault
from reference_server.parts import Parts
from reference_server.wire import Event

__all__ = ["FAULTS"]


def unknown_field(event: Event) -> bytes:
    """`channel: x` before each event: clients drop it without a word."""
    return b"channel: x\n" + wire.encode(event)


def never_closed(event: Event) -> bytes:
    """No blank line at all: events run into one another until a heartbeat comes."""
    return wire.encode(event).removesuffix(b"\n")


def blank_before_event(event: Event) -> bytes:
    """Each event is dispatched only when the next one comes."""
    return b"\n" + wire.encode(event).removesuffix(b"\n")


def latin1(event: Event) -> bytes:
    """The encoding that some frameworks fall back to."""
    return wire.encode(event).decode().encode("latin-1", "replace")


def empty_data_dropped(event: Event) -> bytes:
    """`if data:`, so an empty payload is never dispatched."""
    return wire.encode(event) if event.data else with_lines(event, [])


FAULTS = {
    "unknown-field": Fault(
        "Adds a field of its own to each event.", Parts(encode=unknown_field), ("SSE-FRAME-004",)
    ),
    "never-closed": Fault(
        "Closes no event with a blank line.", Parts(encode=never_closed), ("SSE-FRAME-001",)
    ),
    "blank-before-event": Fault(
        "Sends an event's closing blank line with the next event.",
        Parts(encode=blank_before_event),
        ("SSE-FRAME-003",),
    ),
    "latin1": Fault("Writes Latin-1 instead of UTF-8.", Parts(encode=latin1), ("SSE-FRAME-006",)),
    "empty-data-dropped": Fault(
        "Writes no data line for an empty payload.",
        Parts(encode=empty_data_dropped),
        ("SSE-FRAME-008",),
    ),
}
