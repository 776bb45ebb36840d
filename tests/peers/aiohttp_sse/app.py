"""A hub on aiohttp-sse, run as `app.py PORT`: every byte on the wire is its own. It keeps no history."""

import asyncio
import sys
from collections import defaultdict
from typing import Any, cast

import uvloop
from aiohttp import web
from aiohttp_sse import sse_response

BACKLOG = 10_000  # events a subscriber may be behind; then its stream ends

Backlog = asyncio.Queue[dict[str, Any]]
subscribers: defaultdict[str, set[Backlog]] = defaultdict(set)


async def events(request: web.Request) -> web.StreamResponse:
    """Subscribed before the response head: who has seen the head misses nothing."""
    mine = subscribers[request.match_info["channel"]]
    backlog: Backlog = asyncio.Queue(BACKLOG)
    mine.add(backlog)
    try:
        async with sse_response(request) as response:
            while backlog in mine or not backlog.empty():
                await response.send(**await backlog.get())
    finally:
        mine.discard(backlog)
    return cast(web.StreamResponse, response)


async def publish(request: web.Request) -> web.Response:
    mine = subscribers[request.match_info["channel"]]
    event = await request.json()
    for backlog in list(mine):
        if backlog.full():
            mine.discard(backlog)
        else:
            backlog.put_nowait(event)
    return web.json_response({"subscribers": len(mine)}, status=201)


async def app() -> web.Application:
    served = web.Application()
    served.add_routes([web.get("/events/{channel}", events), web.post("/publish/{channel}", publish)])
    return served


if __name__ == "__main__":
    loop = uvloop.new_event_loop()
    web.run_app(
        app(),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop=loop,
        print=lambda _: None,
        backlog=4096,
        handler_cancellation=True,
    )
