"""Starlette's StreamingResponse. It writes what it is given: whoever publishes frames. Nothing is kept."""

import asyncio
from collections import defaultdict
from weakref import WeakSet

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse

BEHIND = 10_000  # events that a reader may be; then its stream ends
channels = defaultdict(WeakSet)


async def events(request):
    """The reader is there before the response head: whoever has seen that misses nothing."""
    mine = channels[request.path_params["channel"]]
    mine.add(queue := asyncio.Queue(BEHIND))
    return StreamingResponse(follow(mine, queue), media_type="text/event-stream")


async def follow(mine, queue):
    try:
        while queue in mine or not queue.empty():
            yield await queue.get()
    finally:
        mine.discard(queue)


async def publish(request):
    block, mine = await request.body(), channels[request.path_params["channel"]]
    for queue in [*mine]:
        mine.discard(queue) if queue.full() else queue.put_nowait(block)
    return JSONResponse({}, 201)


app = Starlette()
app.add_route("/events/{channel}", events)
app.add_route("/publish/{channel}", publish, methods=["POST"])
app.add_route("/readers", lambda _: JSONResponse(sum(map(len, [*channels.values()]))))
