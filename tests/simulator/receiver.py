"""A receiver over a real socket that answers as it is told, and counts what it has kept."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiohttp import web

__all__ = ["Post", "Receiver", "Script", "receiving"]


class Post(NamedTuple):
    """One request: its number from 0, and its items."""

    number: int
    items: list[dict[str, Any]]


Script = Callable[[Post], web.Response | str | None]


@dataclass
class Receiver:
    """`script` judges each POST: a response, "reset" (keep, then cut), "refuse" (cut), or None to take it."""

    script: Script
    url: str = ""
    kept: Counter[tuple[str, int]] = field(default_factory=Counter)
    order: dict[str, list[int]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    births: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def birth(self, request: web.Request) -> web.Response:
        self.births += json.loads(await request.read())
        return web.json_response({"accepted": len(self.births)})

    async def post(self, request: web.Request) -> web.Response:
        items = json.loads(await request.read())
        verdict = self.script(Post(len(self.sizes), items))
        self.sizes.append(len(items))
        self.headers.append({key.lower(): value for key, value in request.headers.items()})
        if isinstance(verdict, web.Response):
            return verdict
        duplicates = 0
        for item in items if verdict != "refuse" else []:
            key = (item["device"], item["seq"])
            duplicates += key in self.kept
            self.kept[key] += 1
            self.order.setdefault(item["device"], []).append(item["seq"])
        if verdict in {"reset", "refuse"} and request.transport is not None:
            request.transport.abort()
        return web.json_response({"accepted": len(items) - duplicates, "duplicates": duplicates})


@asynccontextmanager
async def receiving(script: Script = lambda _: None, *, births: bool = False) -> AsyncIterator[Receiver]:
    """A receiver on a free port, which knows births or does not."""
    receiver = Receiver(script)
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/measurements", receiver.post)
    if births:
        app.router.add_post("/devices", receiver.birth)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
