"""Blocks that are framed wrong."""

import asyncio
import codecs
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from reference_server import wire
from reference_server.faults.block import RewritingOutlet, with_lines
from reference_server.faults.fault import Fault
from reference_server.head import stream_head
from reference_server.parts import Parts
from reference_server.wire import Event

__all__ = ["FAULTS"]

PADDING = 100_000  # bytes
FEW_LINES, MANY_LINES = 18, 40  # of an event that is written in two pieces
YIELD_SECONDS = 0.2  # between them, if nothing else is to be written


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


class GreetingOutlet(RewritingOutlet):
    """Begins each stream with a greeting of its own. To be derived from."""

    __slots__ = ("_greeted",)
    greeting = b""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._greeted = False

    def rewrite(self, body: bytes) -> bytes:
        greeting = b"" if self._greeted else self.greeting
        self._greeted = True
        return greeting + body


class MarkedOutlet(GreetingOutlet):
    """Encoded with a mark, as `utf-8-sig` does."""

    __slots__ = ()
    greeting = codecs.BOM_UTF8


class OpeningOutlet(GreetingOutlet):
    """Announces itself by a name that belongs to the browser."""

    __slots__ = ()
    greeting = b"event: open\ndata: connected\n\n"


class PaddingOutlet(GreetingOutlet):
    """Fills the buffers of some proxy with one comment, longer than the lines that clients read."""

    __slots__ = ()
    greeting = b":" + b" " * PADDING + b"\n\n"


def announced(event: Event) -> bytes:
    """A block with the event's name alone in front of it, for clients that might want to get ready."""
    name = f"event: before-{event.event}\n\n".encode() if event.event else b""
    return name + wire.encode(event)


def crlf(event: Event) -> bytes:
    """Events in CRLF, from another layer than greetings and heartbeats, which are in LF."""
    return wire.encode(event).replace(b"\n", b"\r\n")


def id_twice(event: Event) -> bytes:
    """Two layers set the id, each for itself."""
    again = f"id: {event.id}\n".encode() if event.id is not None else b""
    return again + wire.encode(event)


LIMITS: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()  # of streams that are to end


def limited_head(request: web.Request) -> web.StreamResponse:
    """For `JoiningOutlet`, which has to know the last event."""
    if request.transport is not None:
        LIMITS[request.transport] = int(request.query.get("limit", 0))
    return stream_head(request)


class JoiningOutlet(RewritingOutlet):
    """Puts the blank line between events, so that none follows the last one."""

    __slots__ = ("_left",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._left = LIMITS.get(self._transport, 0)

    def rewrite(self, body: bytes) -> bytes:
        before = self._left
        self._left -= sum(b"data:" in block for block in body.split(b"\n\n"))
        return body.removesuffix(b"\n") if before > 0 >= self._left else body


class InterleavingOutlet(RewritingOutlet):
    """Writes a long event in two pieces, as a writer that yields between its lines: anything gets between."""

    __slots__ = ("_rest",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rest = b""

    def rewrite(self, body: bytes) -> bytes:
        rest, self._rest = self._rest, b""
        lines = body.splitlines(keepends=True)
        if not FEW_LINES <= len(lines) <= MANY_LINES or body.count(b"\n\n") > 1:
            return body + rest
        self._rest = b"".join(lines[len(lines) // 2 :])
        asyncio.get_running_loop().call_later(YIELD_SECONDS, self._finish)
        return b"".join(lines[: len(lines) // 2]) + rest

    def _finish(self) -> None:
        rest, self._rest = self._rest, b""
        self.send(rest)


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
    "bom-first": Fault(
        "Begins each stream with a byte order mark.", Parts(outlet=MarkedOutlet), ("SSE-FRAME-005",)
    ),
    "event-without-data": Fault(
        "Announces each event that has a name in a block without data.",
        Parts(encode=announced),
        ("SSE-FRAME-009",),
    ),
    "event-named-open": Fault(
        "Greets each client with an event named open.", Parts(outlet=OpeningOutlet), ("SSE-FRAME-010",)
    ),
    "padding-in-one-line": Fault(
        "Begins each stream with a comment of 100 000 bytes.",
        Parts(outlet=PaddingOutlet),
        ("SSE-FRAME-011",),
    ),
    "mixed-line-ends": Fault(
        "Writes events in CRLF, greetings and heartbeats in LF.", Parts(encode=crlf), ("SSE-FRAME-012",)
    ),
    "id-twice": Fault("Writes each id twice.", Parts(encode=id_twice), ("SSE-FRAME-013",)),
    "no-final-blank": Fault(
        "Leaves out the blank line behind the last event of a stream that ends.",
        Parts(stream_head=limited_head, outlet=JoiningOutlet),
        ("SSE-FRAME-002",),
    ),
    "interleaved-writes": Fault(
        "Lets other events get between the lines of a long one.",
        Parts(outlet=InterleavingOutlet),
        ("SSE-FRAME-007",),
    ),
}
