"""What a life of connections leaves behind, ends that are none, caps, and restarts that forget."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from reference_server.faults.fault import Fault
from reference_server.hub import Hub
from reference_server.limits import Limits
from reference_server.log import Log
from reference_server.memory_log import MemoryLog
from reference_server.outlet import Outlet
from reference_server.parts import Parts, Routes
from reference_server.pursuit import Pursuit
from reference_server.refusal import RefusedError
from reference_server.subscriber import Subscriber

__all__ = ["FAULTS"]

Get = Callable[[web.Request], Awaitable[web.StreamResponse]]

FULL = 503
HANG_SECONDS = 60.0
LEAK_BYTES = 64 << 10
RETAINED = 2_000  # entries: as many as the suite has its reference server keep
EPOCH = "0"


class LeakOnClose(Pursuit):
    """Who is told that the client has left goes on waiting for the next event."""

    async def follow(self, subscriber: Subscriber) -> None:
        await asyncio.shield(super().follow(subscriber))


def leak_on_reset(routes: Routes) -> Routes:
    """The way out for errors has no clean-up: only who leaves with a FIN is forgotten."""

    def leaking(get: Get) -> Get:
        async def handler(request: web.Request) -> web.StreamResponse:
            stream = asyncio.ensure_future(get(request))
            try:
                return await asyncio.shield(stream)
            except asyncio.CancelledError:
                if not isinstance(getattr(request.protocol, "lost", None), ConnectionResetError):
                    stream.cancel()
                raise

        return handler

    return streams_of(routes, leaking)


OPENED: list[int] = []
KEPT: list[bytes] = []


class DescriptorLeak(Outlet):
    """Opens a file for each stream, and never closes it."""

    __slots__ = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        OPENED.append(os.open(os.devnull, os.O_RDONLY))


class MemoryLeak(Outlet):
    """Keeps something of each stream for good."""

    __slots__ = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        KEPT.append(os.urandom(LEAK_BYTES))


class Hanging(Hub):
    """Waits for clients that wait for it."""

    def close(self) -> None:
        time.sleep(HANG_SECONDS)
        super().close()


class Cutting(Hub):
    """Drops the connections: no client can tell that from a broken network."""

    def close(self) -> None:
        for subscriber in self._everyone:
            subscriber.outlet.abort()
        super().close()


class Blurting(Hub):
    """Begins to say good-bye, and ends before it has."""

    def close(self) -> None:
        for subscriber in self._everyone:
            subscriber.write(b"event: goodbye\n")
        super().close()


def cap_kills_oldest(routes: Routes) -> Routes:
    """Makes room for the newcomer by dropping whoever has been here for the longest time."""
    inside: dict[asyncio.Task[Any] | None, None] = {}

    def evicting(get: Get) -> Get:
        async def handler(request: web.Request) -> web.StreamResponse:
            me = asyncio.current_task()
            inside[me] = None
            try:
                while True:
                    try:
                        return await get(request)
                    except RefusedError as refused:
                        oldest = next(iter(inside))
                        if refused.status != FULL or oldest is None or oldest is me:
                            raise
                        del inside[oldest]
                        oldest.cancel()
                        await asyncio.sleep(0)
            finally:
                inside.pop(me, None)

        return handler

    return streams_of(routes, evicting)


def cap_sticks(routes: Routes) -> Routes:
    """Once full, it stays closed."""
    closed: list[RefusedError] = []

    def sticking(get: Get) -> Get:
        async def handler(request: web.Request) -> web.StreamResponse:
            if closed:
                raise closed[0]
            try:
                return await get(request)
            except RefusedError as refused:
                if refused.status == FULL:
                    closed.append(refused)
                raise

        return handler

    return streams_of(routes, sticking)


def cap_without_retry_after(routes: Routes) -> Routes:
    """Whoever is refused may come again at once."""

    def rude(get: Get) -> Get:
        async def handler(request: web.Request) -> web.StreamResponse:
            try:
                return await get(request)
            except RefusedError as refused:
                refused.headers.pop("Retry-After", None)
                raise

        return handler

    return streams_of(routes, rude)


def streams_of(routes: Routes, wrap: Callable[[Get], Get]) -> Routes:
    """The routes, with the handlers of streams wrapped."""
    return [
        web.get(route.path, wrap(route.handler), **route.kwargs)
        if route.method == "GET" and route.path.startswith("/events")
        else route
        for route in routes
    ]


class Forgetful(MemoryLog):
    """Keeps in memory what was to be kept where `kept` keeps it."""

    def __init__(self, kept: Log) -> None:
        super().__init__(RETAINED, Limits())
        self._kept = kept

    async def close(self) -> None:
        await super().close()
        await self._kept.close()


class Counting(Forgetful):
    """And begins to count anew with each start."""

    def __init__(self, kept: Log) -> None:
        super().__init__(kept)
        self.epoch = EPOCH


FAULTS = {
    "leak-on-close": Fault(
        "Holds a subscription whose client has left until the server stops.",
        Parts(pursuit=LeakOnClose),
        ("SSE-CONN-001", "SSE-CONN-002"),
    ),
    "leak-on-reset": Fault(
        "Holds a subscription whose client has reset the connection.",
        Parts(routes=leak_on_reset),
        ("SSE-CONN-002",),
    ),
    "descriptor-leak": Fault(
        "Leaves a descriptor open for each stream.", Parts(outlet=DescriptorLeak), ("SSE-CONN-004",)
    ),
    "memory-leak": Fault("Keeps 64 KiB for each stream.", Parts(outlet=MemoryLeak), ("SSE-CONN-004",)),
    "shutdown-hangs": Fault(
        "Does not stop as long as streams are open, for a minute.", Parts(hub=Hanging), ("SSE-CONN-005",)
    ),
    "shutdown-cuts": Fault(
        "Drops the connections of open streams when it stops.", Parts(hub=Cutting), ("SSE-CONN-006",)
    ),
    "shutdown-mid-event": Fault(
        "Ends open streams inside an event when it stops.", Parts(hub=Blurting), ("SSE-CONN-006",)
    ),
    "history-lost-on-restart": Fault(
        "Forgets at a restart what it was to keep.", Parts(log=Forgetful), ("SSE-CONN-007",)
    ),
    "ids-reset-on-restart": Fault(
        "Forgets at a restart, and gives the same ids out again.", Parts(log=Counting), ("SSE-ID-009",)
    ),
    "cap-kills-oldest": Fault(
        "Drops the oldest stream when one too many comes.", Parts(routes=cap_kills_oldest), ("SSE-CONN-008",)
    ),
    "cap-sticks": Fault(
        "Lets nobody in any more once it was full.", Parts(routes=cap_sticks), ("SSE-CONN-008",)
    ),
    "cap-without-retry-after": Fault(
        "Does not say when to come again when it is full.",
        Parts(routes=cap_without_retry_after),
        ("SSE-HTTP-015",),
    ),
}
