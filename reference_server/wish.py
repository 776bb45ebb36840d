"""What a subscriber asks for: the query and the fields of `GET /events`, read and judged. Does no I/O."""

import re
from typing import NamedTuple

from aiohttp import web

from reference_server.feed import Feed
from reference_server.head import accepts
from reference_server.names import MEASUREMENTS, NAME_RULE, is_name
from reference_server.refusal import RefusedError

__all__ = ["Wish", "channel_of", "wish_of"]

MOST_GLOBS, LONGEST_GLOB = 32, 128
COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


class Wish(NamedTuple):
    """Which events, how many (0: all), heartbeats as events too, and the cursor to go on after ("": none)."""

    feed: Feed
    limit: int
    watchdog: bool
    asked: str


def wish_of(request: web.Request) -> Wish:
    """All that the request says of the stream. Raises RefusedError."""
    if not accepts(",".join(request.headers.getall("Accept", ()))):
        raise RefusedError(406, "this is an event stream", expected="Accept: text/event-stream")
    limit, watchdog = request.query.get("limit", "0"), request.query.get("watchdog", "0")
    if not COUNT.fullmatch(limit) or ("limit" in request.query and not int(limit)):
        raise RefusedError(400, f"limit={limit[:20]!r} is no number of events", expected="1 to 999999999")
    if watchdog not in {"0", "1"}:
        raise RefusedError(400, f"watchdog={watchdog[:20]!r} is no switch", expected="0 or 1")
    return Wish(feed_of(request), int(limit), watchdog == "1", cursor_of(request))


def channel_of(request: web.Request) -> str:
    """The channel that the path names. Raises RefusedError."""
    channel: str = request.match_info.get("channel", MEASUREMENTS)
    if not is_name(channel):
        raise RefusedError(400, "not a name for a channel", expected=NAME_RULE)
    return channel


def feed_of(request: web.Request) -> Feed:
    """The channel, and the devices that the query names. Raises RefusedError."""
    channel = channel_of(request)
    globs = tuple(sorted(set(request.query.getall("device", ()))))
    if globs and channel != MEASUREMENTS:
        raise RefusedError(400, "'device' filters measurements only", expected="GET /events?device=GLOB")
    if len(globs) > MOST_GLOBS or any(len(glob) > LONGEST_GLOB for glob in globs):
        expected = f"at most {MOST_GLOBS} of at most {LONGEST_GLOB} characters"
        raise RefusedError(400, "too many or too long values of 'device'", expected=expected)
    return Feed(channel, globs)


def cursor_of(request: web.Request) -> str:
    """What the client asks to go on after, or "". The field wins: a browser sends it when it comes back."""
    field = request.headers.get("Last-Event-ID", "")
    # aiohttp keeps bytes that are not UTF-8 as lone surrogates, which could not be written back
    asked = field.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return asked or request.query.get("lastEventId", "")
