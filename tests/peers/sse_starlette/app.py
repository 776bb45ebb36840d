"""A hub on sse-starlette: every byte on the wire is its own. It keeps no history, so nobody can resume."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

__all__ = ["app"]

BACKLOG = 10_000  # events a subscriber may be behind; then its stream ends

Backlog = asyncio.Queue[ServerSentEvent]
subscribers: defaultdict[str, set[Backlog]] = defaultdict(set)


async def events(request: Request) -> EventSourceResponse:
    """Subscribed before the response head: who has seen the head misses nothing."""
    mine = subscribers[request.path_params["channel"]]
    backlog: Backlog = asyncio.Queue(BACKLOG)
    mine.add(backlog)
    return EventSourceResponse(follow(backlog, mine))


async def follow(backlog: Backlog, mine: set[Backlog]) -> AsyncIterator[ServerSentEvent]:
    try:
        while backlog in mine or not backlog.empty():
            yield await backlog.get()
    finally:
        mine.discard(backlog)


async def publish(request: Request) -> JSONResponse:
    mine = subscribers[request.path_params["channel"]]
    event = ServerSentEvent(**json.loads(await request.body()))
    for backlog in list(mine):
        if backlog.full():
            mine.discard(backlog)
        else:
            backlog.put_nowait(event)
    return JSONResponse({"subscribers": len(mine)}, 201)


app = Starlette(
    routes=[Route("/events/{channel}", events), Route("/publish/{channel}", publish, methods=["POST"])]
)
