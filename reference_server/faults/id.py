"""Ids that are missing, and cursors that are not survived."""

from aiohttp import web

from reference_server import wire
from reference_server.cursor import Extent, Place, locate
from reference_server.faults.fault import Fault
from reference_server.parts import Parts
from reference_server.wire import Event

__all__ = ["FAULTS"]

SHORT = 1024  # characters


def no_ids(event: Event) -> bytes:
    """Whoever comes back has nothing to come back with."""
    return wire.encode(event._replace(id=None))


def cursor_500(asked: str, extent: Extent) -> Place:
    """Trusts that a cursor looks like one of its own ids."""
    if not asked.isascii() or len(asked) > SHORT:
        raise web.HTTPInternalServerError
    return locate(asked, extent)


FAULTS = {
    "no-ids": Fault("Gives events no id.", Parts(encode=no_ids), ("SSE-ID-001",)),
    "cursor-500": Fault(
        "Fails with 500 on a cursor that is long or not ASCII.",
        Parts(locate=cursor_500),
        ("SSE-ID-006",),
    ),
}
