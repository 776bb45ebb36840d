"""A hub on FastAPI's own SSE: every byte on the wire is FastAPI's. It keeps no history, so nobody can resume.

Run it as `uvicorn tests.peers.fastapi_app:app --timeout-graceful-shutdown 1`: uvicorn alone, told to stop,
waits for open streams.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError

__all__ = ["app"]

BACKLOG = 10_000  # events a subscriber may be behind; then its stream ends

Backlog = asyncio.Queue[ServerSentEvent | None]

app = FastAPI(title="FastAPI's own SSE")
subscribers: defaultdict[str, set[Backlog]] = defaultdict(set)


async def subscription(channel: str) -> AsyncIterator[Backlog]:
    """A dependency, since those run before the response head: who has seen the head misses nothing."""
    backlog: Backlog = asyncio.Queue(BACKLOG)
    subscribers[channel].add(backlog)
    try:
        yield backlog
    finally:
        subscribers[channel].discard(backlog)


def end(backlog: Backlog) -> None:
    """Let the stream end at once instead of growing without bound."""
    while not backlog.empty():
        backlog.get_nowait()
    backlog.put_nowait(None)


@app.get("/events/{channel}", response_class=EventSourceResponse)
async def events(backlog: Annotated[Backlog, Depends(subscription)]) -> AsyncIterator[ServerSentEvent]:
    while (event := await backlog.get()) is not None:
        yield event


@app.post("/publish/{channel}", status_code=201)
async def publish(channel: str, fields: Annotated[dict[str, Any], Body()]) -> dict[str, int]:
    """Hand the fields to FastAPI's encoder as they are; what it refuses is a 422."""
    data = fields.pop("data", None)
    try:
        event = ServerSentEvent(raw_data=data, **fields)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    for backlog in list(subscribers[channel]):
        if backlog.full():
            subscribers[channel].discard(backlog)
            end(backlog)
        else:
            backlog.put_nowait(event)
    return {"subscribers": len(subscribers[channel])}


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}
