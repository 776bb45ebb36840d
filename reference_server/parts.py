"""The parts that the correct path is composed of.

A fault (faults/) puts a wrong one in a part's place, from outside; the correct path knows nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from reference_server import wire
from reference_server.access import Access
from reference_server.cors import Cors
from reference_server.cursor import Extent, Place, locate
from reference_server.head import stream_head
from reference_server.hub import Hub
from reference_server.limits import Limits
from reference_server.log import Item, Log
from reference_server.origin import Origins
from reference_server.outlet import Outlet
from reference_server.publication import read_publication
from reference_server.pursuit import Pursuit
from reference_server.wish import Wish, wish_of

__all__ = ["Parts", "Routes"]

Routes = list[web.RouteDef]


class ReadPublication(Protocol):
    """The body of a publication, its channel, and the limits: an item."""

    def __call__(self, body: bytes, channel: str, limits: Limits) -> Item: ...


def heartbeat() -> bytes:
    return wire.HEARTBEAT


def as_it_is(log: Log) -> Log:
    return log


def as_they_are(routes: Routes) -> Routes:
    return routes


@dataclass(frozen=True, slots=True)
class Parts:
    """One field for each place where a server can go wrong."""

    encode: Callable[[wire.Event], bytes] = wire.encode
    heartbeat: Callable[[], bytes] = heartbeat  # empty: none is sent
    stream_head: Callable[[web.Request], web.StreamResponse] = stream_head
    outlet: type[Outlet] = Outlet
    wish_of: Callable[[web.Request], Wish] = wish_of
    locate: Callable[[str, Extent], Place] = locate
    hub: type[Hub] = Hub
    pursuit: type[Pursuit] = Pursuit
    read_publication: ReadPublication = read_publication
    routes: Callable[[Routes], Routes] = as_they_are
    access: type[Access] = Access
    origins: type[Origins] = Origins
    cors: type[Cors] = Cors
    log: Callable[[Log], Log] = as_it_is  # that was opened; what stands for it closes it
