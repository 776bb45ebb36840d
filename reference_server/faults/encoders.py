"""Encoders that write one thing wrong and everything else as `wire.encode` does."""

import re
from collections.abc import Iterable

from reference_server import wire
from reference_server.wire import Event

__all__ = [
    "blank_before_event",
    "cr_in_data",
    "empty_data_dropped",
    "latin1",
    "lf_in_data",
    "lf_in_event",
    "never_closed",
    "no_ids",
    "no_space",
    "splitlines_data",
    "unknown_field",
]

# What str.splitlines splits at, but without its second habit of dropping the last line end
SPLITLINES = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")


def with_lines(event: Event, lines: Iterable[str]) -> bytes:
    """The event's block with these lines in place of its data."""
    block = wire.encode(event._replace(data=""))
    return block.removesuffix(b"data: \n\n") + "".join(f"{line}\n" for line in lines).encode() + b"\n"


def unknown_field(event: Event) -> bytes:
    """`channel: x` before each event: clients drop it without a word."""
    return b"channel: x\n" + wire.encode(event)


def blank_before_event(event: Event) -> bytes:
    """Each event is dispatched only when the next one comes."""
    return b"\n" + wire.encode(event).removesuffix(b"\n")


def never_closed(event: Event) -> bytes:
    """No blank line at all: events run into one another until a heartbeat comes."""
    return wire.encode(event).removesuffix(b"\n")


def latin1(event: Event) -> bytes:
    """The encoding that some frameworks fall back to."""
    return wire.encode(event).decode().encode("latin-1", "replace")


def empty_data_dropped(event: Event) -> bytes:
    """`if data:`, so an empty payload is never dispatched."""
    return wire.encode(event) if event.data else with_lines(event, [])


def lf_in_data(event: Event) -> bytes:
    """The payload is put after `data: ` as it is, but for its CRs."""
    return with_lines(event, (f"data: {line}" for line in re.split("\r\n|\r", event.data)))


def cr_in_data(event: Event) -> bytes:
    """Splits at LF only: a lone CR then ends a line in mid payload."""
    return with_lines(event, (f"data: {line}" for line in event.data.split("\n")))


def splitlines_data(event: Event) -> bytes:
    """`str.splitlines`, which knows more line ends than the standard."""
    return with_lines(event, (f"data: {line}" for line in SPLITLINES.split(event.data)))


def no_space(event: Event) -> bytes:
    """`data:` and the payload: the client takes away a space that was the payload's own."""
    return with_lines(event, (f"data:{line}" for line in wire.LINE_END.split(event.data)))


def no_ids(event: Event) -> bytes:
    """Whoever comes back has nothing to come back with."""
    return wire.encode(event._replace(id=None))


def lf_in_event(event: Event) -> bytes:
    """The event name as it came: a publisher can write fields of its own."""
    name = f"event: {event.event}\n".encode() if event.event else b""
    return name + wire.encode(event._replace(event=""))
