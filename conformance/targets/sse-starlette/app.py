"""sse-starlette: what is published goes to its encoder as it came. Nothing is kept."""

import asyncio
from collections import defaultdict
from weakref import WeakSet

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import JSONResponse

channels = defaultdict(WeakSet)


async def events(request):
    """The reader is there before the response head: whoever has seen that misses nothing."""
    mine = channels[request.path_params["channel"]]
    mine.add(queue := asyncio.Queue(10_000))  # whoever is further behind is let go
    return EventSourceResponse(follow(mine, queue))


async def follow(mine, queue):
    try:
        while queue in mine or not queue.empty():
            yield await queue.get()
    finally:
        mine.discard(queue)


async def publish(request):
    event, mine = ServerSentEvent(**await request.json()), channels[request.path_params["channel"]]
    for queue in [*mine]:
        mine.discard(queue) if queue.full() else queue.put_nowait(event)
    return JSONResponse({}, 201)


app = Starlette()
app.add_route("/events/{channel}", events)
app.add_route("/publish/{channel}", publish, methods=["POST"])
app.add_route("/readers", lambda _: JSONResponse(sum(map(len, [*channels.values()]))))
