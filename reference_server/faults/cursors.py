"""Resumes that begin at the wrong place, or not at all."""

from aiohttp import web

from reference_server.cursor import Extent, Place, locate

__all__ = ["cursor_500", "replay_inclusive", "replay_skips_first", "unknown_silent"]

SHORT = 1024  # characters


def replay_inclusive(asked: str, extent: Extent) -> Place:
    """`>=` where `>` is meant."""
    place = locate(asked, extent)
    followed = asked and place.reset is None
    return Place(place.sequence - 1) if followed and place.sequence >= extent.oldest else place


def replay_skips_first(asked: str, extent: Extent) -> Place:
    """Off by one to the other side."""
    place = locate(asked, extent)
    return place if place.reset else Place(min(place.sequence + 1, extent.newest))


def unknown_silent(asked: str, extent: Extent) -> Place:
    """Whoever cannot be followed is treated as a newcomer."""
    place = locate(asked, extent)
    unknown = place.reset is not None and place.reset.reason != "evicted"
    return Place(extent.newest) if unknown else place


def cursor_500(asked: str, extent: Extent) -> Place:
    """Trusts that a cursor looks like one of its own ids."""
    if not asked.isascii() or len(asked) > SHORT:
        raise web.HTTPInternalServerError
    return locate(asked, extent)
