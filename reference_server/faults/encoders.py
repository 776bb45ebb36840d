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
    return b"channel: x\n" + wire.encode(event)


def blank_before_event(event: Event) -> bytes:
    return b"\n" + wire.encode(event).removesuffix(b"\n")


def latin1(event: Event) -> bytes:
    return wire.encode(event).decode().encode("latin-1", "replace")


def empty_data_dropped(event: Event) -> bytes:
    return wire.encode(event) if event.data else with_lines(event, [])


def lf_in_data(event: Event) -> bytes:
    return with_lines(event, (f"data: {line}" for line in re.split("\r\n|\r", event.data)))


def cr_in_data(event: Event) -> bytes:
    return with_lines(event, (f"data: {line}" for line in event.data.split("\n")))


def splitlines_data(event: Event) -> bytes:
    return with_lines(event, (f"data: {line}" for line in SPLITLINES.split(event.data)))


def no_space(event: Event) -> bytes:
    return with_lines(event, (f"data:{line}" for line in wire.LINE_END.split(event.data)))


def no_ids(event: Event) -> bytes:
    return wire.encode(event._replace(id=None))


def lf_in_event(event: Event) -> bytes:
    name = f"event: {event.event}\n".encode() if event.event else b""
    return name + wire.encode(event._replace(event=""))
