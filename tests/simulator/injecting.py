"""A proxy before a receiver that breaks POSTs: 429, 503, and resets before and after the commit."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

__all__ = ["Injector", "injecting"]

KINDS = ("429", "503", "reset before", "reset after")
DEADLINE = aiohttp.ClientTimeout(total=20)


@dataclass
class Injector:
    """Hands requests on to `upstream`, but for a `share` of the POSTs of measurements, which it counts."""

    upstream: str
    share: float
    url: str = ""
    injected: Counter[str] = field(default_factory=Counter)
    _random: random.Random = field(default_factory=lambda: random.Random(7))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Break it, or pass it on; a receiver that is away is a connection that breaks."""
        body = await request.read()
        kind = self._kind() if request.path == "/measurements" else ""
        if kind in {"429", "503"}:
            return web.Response(status=int(kind), headers={"Retry-After": "0"})
        answer = None if kind == "reset before" else await self._pass(request, body)
        if answer is None or kind == "reset after":
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return answer

    def _kind(self) -> str:
        if self._random.random() >= self.share:
            return ""
        kind = self._random.choice(KINDS)
        self.injected[kind] += 1
        return kind

    async def _pass(self, request: web.Request, body: bytes) -> web.Response | None:
        headers = {"content-type": request.headers.get("content-type", "")}
        try:
            async with (
                aiohttp.ClientSession(timeout=DEADLINE) as session,
                session.request(
                    request.method, self.upstream + request.path, data=body, headers=headers
                ) as found,
            ):
                return web.Response(
                    status=found.status, body=await found.read(), content_type=found.content_type
                )
        except aiohttp.ClientError:
            return None


@contextmanager
def injecting(upstream: str, share: float) -> Iterator[Injector]:
    """A proxy on a free port, in a thread with a loop of its own."""
    injector, ready, loop = Injector(upstream, share), threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with _listening(injector):
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(20)
    try:
        yield injector
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20)
        loop.close()


@asynccontextmanager
async def _listening(injector: Injector) -> AsyncIterator[None]:
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", injector.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    injector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield
    finally:
        await runner.cleanup()
