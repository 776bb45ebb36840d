"""An answer as APIs of language models stream it, by FastAPI's own SSE: word by word, then [DONE]."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel

ANSWER = "One, two, three, four, five."
app = FastAPI()


class Question(BaseModel):
    model: str
    messages: list[dict[str, str]]
    stream: bool


def chunk(delta: dict[str, str], finish: str | None = None) -> ServerSentEvent:
    choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": finish}
    return ServerSentEvent(data={"object": "chat.completion.chunk", "choices": [choice]})


@app.post("/chat/completions", response_class=EventSourceResponse)
async def completions(_: Question) -> AsyncIterator[ServerSentEvent]:
    yield chunk({"role": "assistant"})
    for word in ANSWER.split():
        await asyncio.sleep(0.05)
        yield chunk({"content": f"{word} "})
    yield chunk({}, "stop")
    yield ServerSentEvent(raw_data="[DONE]")
