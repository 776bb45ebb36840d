"""`GET /events`: where a stream begins, its head, and its end. What is in between is the hub's."""

import asyncio
import random
from collections import OrderedDict
from functools import partial
from itertools import count

from aiohttp import web

from reference_server import wire
from reference_server.cursor import Place, id_of
from reference_server.feed import Feed, Ration
from reference_server.gate import was_given_up
from reference_server.hub import Hub
from reference_server.journal import note
from reference_server.log import Log
from reference_server.metrics import Metrics
from reference_server.outlet import Outlet
from reference_server.pursuit import Pursuit, reset_block
from reference_server.reception import caller
from reference_server.refusal import RefusedError
from reference_server.settings import Settings
from reference_server.subscriber import Subscriber
from reference_server.wish import Wish

__all__ = ["Streams"]

YOUNGEST = 0.8  # of the greatest age, at which a stream may end: so that not all end at once
JITTER = 0.25  # of the retry time, both ways: so that not all come back at once
MOST_SPENT = 10_000  # limited streams that have ended, and are remembered


class Streams:
    """Answers subscribers."""

    def __init__(self, log: Log, hub: Hub, pursuit: Pursuit, settings: Settings, metrics: Metrics) -> None:
        self._log = log
        self._hub = hub
        self._pursuit = pursuit
        self._metrics = metrics
        self._settings = settings
        self._parts = settings.parts
        self._numbers = count(1)
        self._spent: OrderedDict[tuple[Feed, int, int], None] = OrderedDict()  # with limit, and last sequence

    async def head(self, request: web.Request) -> web.StreamResponse:
        """The head that GET would have, and nobody is subscribed (RFC 9110, 9.3.2)."""
        self._parts.wish_of(request)
        response = self._parts.stream_head(request)
        await response.prepare(request)
        await response.write_eof()
        return response

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The stream, until the client leaves or the server stops."""
        response, subscriber = await self._open(request)
        if subscriber is None:
            return response
        loop = asyncio.get_running_loop()
        begun = loop.time()
        aging = self._aging(subscriber)
        try:
            await self._pursuit.follow(subscriber)
            await self._finish(response, subscriber)
        except ConnectionResetError:  # the client has left
            pass
        finally:
            if aging:
                aging.cancel()
            reason = subscriber.reason or ("lost" if was_given_up(request.protocol) else "left")
            self._metrics.ended.labels(reason).inc()
            note("left", stream=subscriber.number, reason=reason, seconds=round(loop.time() - begun, 3))
        return response

    async def _open(self, request: web.Request) -> tuple[web.StreamResponse, Subscriber | None]:
        """The head of the answer, and the subscriber whom a stream is for, with its greeting written.

        Raises RefusedError.
        """
        wish = self._parts.wish_of(request)
        place = await self._place(wish)
        if place is None:
            note("over", **caller(request), asked=wish.asked)
            return web.Response(status=204), None  # with which a browser comes back no more
        response = self._parts.stream_head(request)
        outlet = await self._outlet(request, response)
        if outlet is None:
            return response, None
        subscriber = self._subscriber(outlet, wish, place)
        note(
            "joined",
            stream=subscriber.number,
            **caller(request),
            devices=list(wish.feed.devices) or None,
            limit=wish.limit or None,
            asked=wish.asked or None,
            resume=outcome(place, self._log) if wish.asked else None,
        )
        return response, subscriber

    async def _place(self, wish: Wish) -> Place | None:
        """Where the stream begins; None if it is over. Raises RefusedError."""
        if len(self._hub) >= self._settings.limits.subscribers:
            raise RefusedError(503, "there are as many subscribers as this server takes", retry_after=5)
        place = self._parts.locate(wish.asked, self._log)
        if wish.asked:
            self._metrics.resumed.labels(outcome(place, self._log)).inc()
        return None if await self._is_over(wish, place) else place

    async def _is_over(self, wish: Wish, place: Place) -> bool:
        """Whether the cursor is where a stream of this kind reached its limit, and nothing has come since."""
        if (wish.feed, wish.limit, place.sequence) not in self._spent or place.reset:
            return False
        sequence = place.sequence
        while entries := await self._log.after(sequence, self._settings.limits.write):
            if wish.feed.mine(entry.item for entry in entries):
                return False
            sequence = entries[-1].sequence
        return True

    async def _outlet(self, request: web.Request, response: web.StreamResponse) -> Outlet | None:
        """The way out, once the head is sent; None if the client has left."""
        try:
            writer = await response.prepare(request)
        except ConnectionResetError:
            return None
        if writer is None or request.transport is None:
            return None
        limits = self._settings.limits
        return self._parts.outlet(request.transport, writer, chunked=response.chunked, limits=limits)

    def _subscriber(self, outlet: Outlet, wish: Wish, place: Place) -> Subscriber:
        number = next(self._numbers)
        subscriber = Subscriber(outlet, wish.feed, place.sequence, number, watchdog=wish.watchdog)
        if wish.limit:
            subscriber.feed = Ration(wish.feed, wish.limit, partial(self._spend, subscriber, wish))
        subscriber.write(self._greeting(wish.asked, place))
        return subscriber

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

    def _spend(self, subscriber: Subscriber, wish: Wish, last: int) -> None:
        """The limit is reached with the event at `last`: the stream ends when that is written."""
        self._spent[wish.feed, wish.limit, last] = None
        if len(self._spent) > MOST_SPENT:
            self._spent.popitem(last=False)
        asyncio.get_running_loop().call_soon(self._hub.end, subscriber, "limit")

    def _aging(self, subscriber: Subscriber) -> asyncio.TimerHandle | None:
        """End the stream when it has reached its age, a little before or after others that began with it."""
        if not self._settings.max_age:
            return None
        age = self._settings.max_age * random.uniform(YOUNGEST, 1)
        return asyncio.get_running_loop().call_later(age, self._hub.end, subscriber, "age")

    async def _finish(self, response: web.StreamResponse, subscriber: Subscriber) -> None:
        """The end of the body, unless the client does not take it."""
        try:
            async with asyncio.timeout(self._settings.limits.stall_seconds):
                await response.write_eof()
        except TimeoutError:
            subscriber.outlet.abort()


def outcome(place: Place, log: Log) -> str:
    """What becomes of a cursor: why it cannot be followed, or whether there is anything to replay."""
    if place.reset is not None:
        return place.reset.reason
    return "replayed" if place.sequence < log.newest else "current"
