"""aiohttp-sse: what is published goes to its encoder as it came. Nothing is kept. Run as `app.py PORT`."""

import asyncio
import sys
from collections import defaultdict
from weakref import WeakSet

import uvloop
from aiohttp import web
from aiohttp_sse import sse_response

channels = defaultdict(WeakSet)


async def events(request):
    mine = channels[request.match_info["channel"]]
    mine.add(queue := asyncio.Queue(10_000))  # whoever is further behind is let go
    async with sse_response(request) as response:
        while queue in mine or not queue.empty():
            await response.send(**await queue.get())
    return response


async def publish(request):
    event, mine = await request.json(), channels[request.match_info["channel"]]
    for queue in [*mine]:
        mine.discard(queue) if queue.full() else queue.put_nowait(event)
    return web.json_response({}, status=201)


async def readers(_):
    return web.json_response(sum(map(len, channels.values())))


app = web.Application(client_max_size=2**25)
app.add_routes([web.get("/events/{channel}", events), web.post("/publish/{channel}", publish)])
app.router.add_get("/readers", readers)
run = {"loop": uvloop.new_event_loop(), "handler_cancellation": True, "shutdown_timeout": 1, "backlog": 4096}
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), **run)
