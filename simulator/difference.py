"""Which of a device's messages a receiver holds with other bytes than they should have: read from its log."""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import httpx
import httpx_sse
import msgspec

__all__ = ["Difference", "Log", "find_difference"]

QUIET, DEADLINE = 3.0, 30.0  # seconds: without an event, after which the log has no more; for all of it


class Difference(NamedTuple):
    """A message as it should be, and as the log has it."""

    seq: int
    expected: bytes
    found: bytes


class Log(NamedTuple):
    """A server's log, by its base URL, and the last id in it."""

    url: str
    token: str | None
    last_id: str


def find_difference(log: Log, device: str, count: int, expected: Mapping[int, bytes]) -> Difference | None:
    """The first of `count` published messages that is not as expected; None if the log no longer has it."""
    epoch, _, _ = log.last_id.rpartition("-")
    after = f"{epoch}-0"
    try:
        for _ in range(2):
            events = list(islice(_events(log, device, count, after), count))
            oldest = _oldest(events[0]) if events else None
            if oldest is None:
                break
            head, _, number = oldest.rpartition("-")
            after = f"{head}-{int(number) - 1}"
    except (httpx.HTTPError, httpx_sse.SSEError, ValueError):
        return None  # it is only to name the message: that something is wrong with the device is known
    published = {_seq(event): event.data.encode() for event in events if event.event == "measurement"}
    wrong = (seq for seq, found in published.items() if expected.get(seq, found) != found)
    first = min(wrong, default=None)
    return None if first is None else Difference(first, expected[first], published[first])


def _events(log: Log, device: str, count: int, after: str) -> Iterator[httpx_sse.ServerSentEvent]:
    """The device's events in the log, until all came, or none came for a while."""
    headers = {"last-event-id": after} | ({"authorization": f"Bearer {log.token}"} if log.token else {})
    params: dict[str, Any] = {"device": device, "limit": count}
    until = time.monotonic() + DEADLINE
    with (
        httpx.Client(timeout=QUIET, headers=headers) as client,
        httpx_sse.connect_sse(client, "GET", log.url.rstrip("/") + "/events", params=params) as source,
    ):
        try:
            for event in source.iter_sse():
                if event.event == "reset" or event.data:
                    yield event
                if event.event == "reset" or time.monotonic() > until:
                    return
        except httpx.ReadTimeout:
            return  # all that it has is here


def _seq(event: httpx_sse.ServerSentEvent) -> int:
    return int(msgspec.json.decode(event.data).get("seq", -1))


def _oldest(event: httpx_sse.ServerSentEvent) -> str | None:
    """The oldest id of a log that no longer begins at its beginning."""
    if event.event != "reset":
        return None
    oldest = msgspec.json.decode(event.data).get("oldest")
    return oldest if isinstance(oldest, str) else None
