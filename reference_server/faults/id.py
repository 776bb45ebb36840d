"""Ids that are missing or unfit, and cursors that are not found where they stand, or not survived."""

import re
from itertools import count
from typing import Any

from aiohttp import web

from reference_server import wire
from reference_server.cursor import Extent, Place, locate
from reference_server.faults.chunks import body_of
from reference_server.faults.fault import Fault
from reference_server.outlet import Outlet
from reference_server.parts import Parts
from reference_server.wire import Event
from reference_server.wish import Wish, wish_of

__all__ = ["FAULTS"]

SHORT = 1024  # characters
LONG = "." + "x" * 160
NUMBER = re.compile(r"[0-9]+[.]", re.ASCII)
HEADER, QUERY = "Last-Event-ID", "lastEventId"


def no_ids(event: Event) -> bytes:
    """Whoever comes back has nothing to come back with."""
    return wire.encode(event._replace(id=None))


def cursor_500(asked: str, extent: Extent) -> Place:
    """Trusts that a cursor looks like one of its own ids."""
    if not asked.isascii() or len(asked) > SHORT:
        raise web.HTTPInternalServerError
    return locate(asked, extent)


class OwnIds(Outlet):
    """Each connection puts a number of its own in front of the ids."""

    __slots__ = ("_mark",)
    _numbers = count(1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._mark = b"%d." % next(self._numbers)

    def write(self, data: bytes) -> None:
        body = body_of(data, chunked=self.chunked)
        super().write(self.framed(re.sub(rb"(?m)^id: ", b"id: " + self._mark, body)))


def unnumbered(asked: str, extent: Extent) -> Place:
    """Each connection's ids are understood on every other."""
    return locate(NUMBER.sub("", asked, count=1), extent)


def renamed(event: Event, pattern: str) -> Event:
    """The event with another id, if it has one."""
    return event if event.id is None else event._replace(id=pattern.format(event.id))


def id_with_space(event: Event) -> bytes:
    """A blank too many after the colon: it is part of the id, and no header brings it back."""
    return wire.encode(renamed(event, " {}"))


def foreign_ids(event: Event) -> bytes:
    """A prefix for show, that nobody takes off when the id comes back."""
    return wire.encode(renamed(event, "event-{}"))


def id_with_colon(event: Event) -> bytes:
    """As in `urn:uuid:…`: a page of another origin needs a preflight to send it."""
    return wire.encode(renamed(event, "at:{}"))


def without_colon(asked: str, extent: Extent) -> Place:
    return locate(asked.removeprefix("at:"), extent)


def long_id(event: Event) -> bytes:
    """As signed tokens are."""
    return wire.encode(renamed(event, f"{{}}{LONG}"))


def shortened(asked: str, extent: Extent) -> Place:
    return locate(asked.removesuffix(LONG), extent)


def case_sensitive_header(request: web.Request) -> Wish:
    """Looks the field up in a dictionary of raw names."""
    wish = wish_of(request)
    found = any(name.decode("latin-1") == HEADER for name, _ in request.raw_headers)
    return wish if found else wish._replace(asked=request.query.get(QUERY, ""))


def query_ignored(request: web.Request) -> Wish:
    """Who comes for the first time cannot bring a cursor."""
    wish = wish_of(request)
    return wish if HEADER in request.headers else wish._replace(asked="")


def query_wins(request: web.Request) -> Wish:
    """The URL of a page's first connect outlives all that it has seen since."""
    wish = wish_of(request)
    return wish._replace(asked=request.query.get(QUERY) or wish.asked)


FAULTS = {
    "no-ids": Fault("Gives events no id.", Parts(encode=no_ids), ("SSE-ID-001",)),
    "cursor-500": Fault(
        "Fails with 500 on a cursor that is long or not ASCII.",
        Parts(locate=cursor_500),
        ("SSE-ID-006",),
    ),
    "ids-per-connection": Fault(
        "Gives the same event another id on each connection.",
        Parts(outlet=OwnIds, locate=unnumbered),
        ("SSE-ID-002",),
    ),
    "id-with-space": Fault("Writes a blank in front of an id.", Parts(encode=id_with_space), ("SSE-ID-003",)),
    "foreign-ids": Fault(
        "Does not know the ids again that it has written.", Parts(encode=foreign_ids), ("SSE-ID-003",)
    ),
    "id-with-colon": Fault(
        "Writes ids that need a preflight.",
        Parts(encode=id_with_colon, locate=without_colon),
        ("SSE-ID-004",),
    ),
    "long-ids": Fault(
        "Writes ids of more than 128 bytes.", Parts(encode=long_id, locate=shortened), ("SSE-ID-004",)
    ),
    "case-sensitive-header": Fault(
        "Knows one spelling of Last-Event-ID only.",
        Parts(wish_of=case_sensitive_header),
        ("SSE-ID-007",),
    ),
    "query-ignored": Fault("Ignores a cursor in the query.", Parts(wish_of=query_ignored), ("SSE-ID-008",)),
    "query-wins": Fault(
        "Prefers a cursor in the query to the header.", Parts(wish_of=query_wins), ("SSE-ID-008",)
    ),
}
