"""A reader that stalls: it takes nothing for a while, then reads on to the head. Counts what it missed."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

__all__ = ["stalled"]

PAUSE = 10.0  # seconds
PATIENCE = 30.0  # seconds for all that comes after
SMALL = 4096  # bytes of the buffer: when it is full, nothing more is taken from the kernel


async def stalled(url: str, pause: float = PAUSE) -> dict[str, Any]:
    """`{"seconds", "events", "missing"}` of a reader of the server at `url`. Raises TimeoutError."""
    async with (
        aiohttp.ClientSession(url, read_bufsize=SMALL) as session,
        session.get("/events", timeout=aiohttp.ClientTimeout()) as response,
    ):
        events = events_of(response.content)
        async with asyncio.timeout(PATIENCE):
            seen = [await anext(events)]
        await asyncio.sleep(pause)
        async with asyncio.timeout(PATIENCE):
            head = sequence((await (await session.get("/snapshot")).json())["last_id"])
            while seen[-1][0] < head:
                seen.append(await anext(events))
    return {"seconds": pause, "events": len(seen), "missing": missing(data for _, data in seen)}


async def events_of(body: aiohttp.StreamReader) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    """Sequence and data of each measurement, as our own server frames them."""
    at, data = 0, ""
    async for line in lines_of(body):
        name, _, value = line.partition(": ")
        match name:
            case "id":
                at = sequence(value)
            case "data":
                data = value
            case "" if data:
                yield at, json.loads(data)
                data = ""


async def lines_of(body: aiohttp.StreamReader) -> AsyncIterator[str]:
    """However long they are: aiohttp's own reader refuses lines that its buffer cannot hold."""
    rest = b""
    async for data in body.iter_any():
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line.decode()


def sequence(position: str) -> int:
    return int(position.rpartition("-")[2])


def missing(measurements: Any) -> int:
    """Holes in the `seq` of each device and boot."""
    seqs: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for each in measurements:
        if "seq" in each:
            seqs[each["device"], each.get("boot", 0)].add(each["seq"])
    return sum(max(found) - min(found) + 1 - len(found) for found in seqs.values())
