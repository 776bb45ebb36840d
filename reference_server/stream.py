"""`GET /events`: where a stream begins, its head, and its end. What is in between is the hub's."""

import asyncio
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import NamedTuple

from aiohttp import web

from reference_server import wire
from reference_server.cursor import Place, id_of
from reference_server.feed import Feed, Ration
from reference_server.head import accepts
from reference_server.hub import Hub, reset_block
from reference_server.log import Log
from reference_server.metrics import Metrics
from reference_server.names import MEASUREMENTS, NAME_RULE, is_name
from reference_server.refusal import RefusedError
from reference_server.settings import Settings
from reference_server.subscriber import Subscriber

__all__ = ["Streams", "channel_of"]

MOST_GLOBS, LONGEST_GLOB = 32, 128
COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
YOUNGEST = 0.8  # of the greatest age, at which a stream may end: so that not all end at once
JITTER = 0.25  # of the retry time, both ways: so that not all come back at once


class Wish(NamedTuple):
    """What a subscriber asks for: which events, how many (0: all), and heartbeats as events too."""

    feed: Feed
    limit: int
    watchdog: bool


class Streams:
    """Answers subscribers."""

    def __init__(self, log: Log, hub: Hub, settings: Settings, metrics: Metrics) -> None:
        self._log = log
        self._hub = hub
        self._metrics = metrics
        self._settings = settings
        self._parts = settings.parts

    async def head(self, request: web.Request) -> web.StreamResponse:
        """The head that GET would have, and nobody is subscribed (RFC 9110, 9.3.2)."""
        wish_of(request)
        response = self._parts.stream_head(request)
        await response.prepare(request)
        await response.write_eof()
        return response

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The stream, until the client leaves or the server stops."""
        wish = wish_of(request)
        if len(self._hub) >= self._settings.limits.subscribers:
            raise RefusedError(503, "there are as many subscribers as this server takes", retry_after=5)
        asked = cursor_of(request)
        place = self._parts.locate(asked, self._log)
        if asked:
            self._metrics.resumed.labels(outcome(place, self._log)).inc()
        if wish.limit and asked and not place.reset and await self._nothing_after(place.sequence, wish.feed):
            return web.Response(status=204)  # with which a browser comes back no more
        greeting = self._greeting(asked, place)
        response = self._parts.stream_head(request)
        with suppress(ConnectionResetError):  # the client has left
            await self._run(request, response, wish, place.sequence, greeting)
        return response

    async def _run(
        self, request: web.Request, response: web.StreamResponse, wish: Wish, sequence: int, greeting: bytes
    ) -> None:
        """From the head of the response to its end. Raises ConnectionResetError."""
        writer = await response.prepare(request)
        if writer is None or request.transport is None:
            raise ConnectionResetError
        limits = self._settings.limits
        outlet = self._parts.outlet(request.transport, writer, chunked=response.chunked, limits=limits)
        loop = asyncio.get_running_loop()
        subscriber = Subscriber(outlet, wish.feed, sequence, loop.time(), watchdog=wish.watchdog)
        if wish.limit:
            spent = partial(loop.call_soon, self._hub.end, subscriber)
            subscriber.feed = Ration(wish.feed, wish.limit, spent)
        subscriber.write(greeting, loop.time())
        with self._aging(subscriber):
            await self._hub.follow(subscriber)
        try:
            async with asyncio.timeout(limits.stall_seconds):
                await response.write_eof()
        except TimeoutError:
            outlet.abort()

    @contextmanager
    def _aging(self, subscriber: Subscriber) -> Iterator[None]:
        """End the stream when it has reached its age, a little before or after others that began with it."""
        if not self._settings.max_age:
            yield
            return
        age = self._settings.max_age * random.uniform(YOUNGEST, 1)
        timer = asyncio.get_running_loop().call_later(age, self._hub.end, subscriber)
        try:
            yield
        finally:
            timer.cancel()

    async def _nothing_after(self, sequence: int, feed: Feed) -> bool:
        """Whether the log holds no event of the feed that follows `sequence`."""
        while entries := await self._log.after(sequence, self._settings.limits.write):
            if feed.mine(entry.item for entry in entries):
                return False
            sequence = entries[-1].sequence
        return True

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


def outcome(place: Place, log: Log) -> str:
    """What becomes of a cursor: why it cannot be followed, or whether there is anything to replay."""
    if place.reset is not None:
        return place.reset.reason
    return "replayed" if place.sequence < log.newest else "current"


def channel_of(request: web.Request) -> str:
    """The channel that the path names. Raises RefusedError."""
    channel: str = request.match_info.get("channel", MEASUREMENTS)
    if not is_name(channel):
        raise RefusedError(400, "not a name for a channel", expected=NAME_RULE)
    return channel


def wish_of(request: web.Request) -> Wish:
    """All that the request says of the stream. Raises RefusedError."""
    if not accepts(",".join(request.headers.getall("Accept", ()))):
        raise RefusedError(406, "this is an event stream", expected="Accept: text/event-stream")
    limit, watchdog = request.query.get("limit", "0"), request.query.get("watchdog", "0")
    if not COUNT.fullmatch(limit) or ("limit" in request.query and not int(limit)):
        raise RefusedError(400, f"limit={limit[:20]!r} is no number of events", expected="1 to 999999999")
    if watchdog not in {"0", "1"}:
        raise RefusedError(400, f"watchdog={watchdog[:20]!r} is no switch", expected="0 or 1")
    return Wish(feed_of(request), int(limit), watchdog == "1")


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
