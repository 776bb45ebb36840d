"""FastAPI's own server-sent events: what is published is FastAPI's own model of an event. Nothing is kept."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent

Queue = asyncio.Queue[ServerSentEvent]
channels: defaultdict[str, set[Queue]] = defaultdict(set)
app = FastAPI()


async def reader(channel: str) -> AsyncIterator[Queue]:
    """Runs before the response head: whoever has seen that misses nothing."""
    channels[channel].add(queue := Queue(10_000))  # whoever is further behind is let go
    try:
        yield queue
    finally:
        channels[channel].discard(queue)


@app.get("/events/{channel}", response_class=EventSourceResponse)
async def events(channel: str, queue: Annotated[Queue, Depends(reader)]) -> AsyncIterator[ServerSentEvent]:
    while queue in channels[channel] or not queue.empty():
        yield await queue.get()


@app.post("/publish/{channel}", status_code=201)
async def publish(channel: str, event: ServerSentEvent) -> None:
    for queue in [*channels[channel]]:
        channels[channel].discard(queue) if queue.full() else queue.put_nowait(event)


@app.get("/readers")
async def readers() -> int:
    return sum(map(len, channels.values()))
