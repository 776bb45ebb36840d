"""The ways to one server: where it listens itself, and the roads that lead there through others. Pure."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from conformance.target.schema import Target

__all__ = ["Road", "at_origin", "moved", "roads"]


class Road(NamedTuple):
    """Two addresses of one server: the one behind whatever is between, and the one before it."""

    name: str
    origin: str
    address: str


def roads(target: Target) -> Iterator[Road]:
    """Every declared one: the target's own address where it has an origin, and its [[paths]]."""
    server = target.target
    own = target.subscribe.url or server.base_url
    if server.origin:
        yield Road(server.name, server.origin, own)
    yield from (Road(path.name, server.origin or own, path.base_url) for path in target.paths)


def at_origin(target: Target) -> Target:
    """The same server where it listens itself, as far as that is declared."""
    return moved(target, target.target.origin) if target.target.origin else target


def moved(target: Target, address: str) -> Target:
    """The same server at another base URL. Where a whole URL is subscribed to, its path stays unless
    `address` has one of its own.
    """
    subscribe = target.subscribe
    if subscribe.url is not None:
        where, old = urlsplit(address), urlsplit(subscribe.url)
        own = bool(where.path.strip("/") or where.query)
        path, query = (where.path, where.query) if own else (old.path, old.query)
        subscribe = replace(subscribe, url=urlunsplit((where.scheme, where.netloc, path, query, "")))
    return replace(target, target=replace(target.target, base_url=address), subscribe=subscribe)
