"""`GET /events`: where a stream begins, its head, and its end. What is in between is the hub's."""

import asyncio
import random
from contextlib import suppress

from aiohttp import web

from reference_server import wire
from reference_server.cursor import Place, id_of
from reference_server.feed import Feed
from reference_server.hub import Hub, reset_block
from reference_server.log import Log
from reference_server.names import MEASUREMENTS, NAME_RULE, is_name
from reference_server.refusal import RefusedError
from reference_server.settings import Settings
from reference_server.subscriber import Subscriber

__all__ = ["Streams", "channel_of"]

MOST_GLOBS, LONGEST_GLOB = 32, 128
JITTER = 0.25  # of the retry time, both ways: so that not all come back at once


class Streams:
    """Answers subscribers."""

    def __init__(self, log: Log, hub: Hub, settings: Settings) -> None:
        self._log = log
        self._hub = hub
        self._settings = settings
        self._parts = settings.parts

    async def head(self, request: web.Request) -> web.StreamResponse:
        """The head that GET would have, and nobody is subscribed (RFC 9110, 9.3.2)."""
        feed_of(request)
        response = self._parts.stream_head(request)
        await response.prepare(request)
        await response.write_eof()
        return response

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The stream, until the client leaves or the server stops."""
        feed = feed_of(request)
        if len(self._hub) >= self._settings.limits.subscribers:
            raise RefusedError(503, "there are as many subscribers as this server takes", retry_after=5)
        asked = cursor_of(request)
        place = self._parts.locate(asked, self._log)
        greeting = self._greeting(asked, place)
        response = self._parts.stream_head(request)
        with suppress(ConnectionResetError):  # the client has left
            await self._run(request, response, feed, place.sequence, greeting)
        return response

    async def _run(
        self, request: web.Request, response: web.StreamResponse, feed: Feed, sequence: int, greeting: bytes
    ) -> None:
        """From the head of the response to its end. Raises ConnectionResetError."""
        writer = await response.prepare(request)
        if writer is None or request.transport is None:
            raise ConnectionResetError
        limits = self._settings.limits
        outlet = self._parts.outlet(request.transport, writer, chunked=response.chunked, limits=limits)
        now = asyncio.get_running_loop().time()
        subscriber = Subscriber(outlet, feed, sequence, now)
        subscriber.write(greeting, now)
        await self._hub.follow(subscriber)
        await response.write_eof()

    def _greeting(self, asked: str, place: Place) -> bytes:
        """How soon to come back, and a position for whoever has none that can be followed."""
        blocks = []
        if self._settings.retry:
            spread = random.uniform(1 - JITTER, 1 + JITTER)
            blocks.append(wire.retry(round(self._settings.retry * spread)))
        if place.reset is not None:
            blocks.append(reset_block(self._parts.encode, place.reset, self._log, place.sequence))
        elif not asked and self._settings.prime:
            blocks.append(wire.position(id_of(self._log, place.sequence)))
        return b"".join(blocks)


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
