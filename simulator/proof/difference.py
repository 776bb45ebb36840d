"""Which of a device's messages a receiver holds with other bytes than they should have: read from its log."""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx
import httpx_sse
import msgspec

__all__ = ["Difference", "Log", "find_difference"]

QUIET, DEADLINE = 3.0, 60.0  # seconds: without an event, after which the log has no more; for all of it

RESETS = 5  # that are borne, of a log that loses its beginning while it is read


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


def find_difference(
    log: Log, device: str, boot: int, count: int, expected: Mapping[int, bytes]
) -> Difference | None:
    """The first of a device's `count` messages that is not as expected; None if the log has it no longer."""
    published = {}
    try:
        for event in _from_the_first(log, device):
            told: dict[str, Any] = msgspec.json.decode(event.data)
            if told.get("boot") == boot:
                published[told.get("seq", -1)] = event.data.encode()
            if len(published) == count:
                break
    except (httpx.HTTPError, httpx_sse.SSEError, ValueError):
        pass  # it is only to name the message: that something is wrong with the device is known
    wrong = [seq for seq, found in published.items() if expected.get(seq, found) != found]
    return Difference(first := min(wrong), expected[first], published[first]) if wrong else None


def _from_the_first(log: Log, device: str) -> Iterator[httpx_sse.ServerSentEvent]:
    """The device's measurements from the beginning of the log, or from the oldest that is left."""
    after: str | None = log.last_id.rpartition("-")[0] + "-0"
    for _ in range(RESETS):
        if after is None:
            return
        begin, after = after, None
        for event in _events(log, device, begin):
            if event.event == "reset":
                after = _before_the_oldest(event)
                break
            if event.event == "measurement":
                yield event


def _events(log: Log, device: str, after: str) -> Iterator[httpx_sse.ServerSentEvent]:
    """Until none came for a while."""
    headers = {"last-event-id": after} | ({"authorization": f"Bearer {log.token}"} if log.token else {})
    where, until = log.url.rstrip("/") + "/events", time.monotonic() + DEADLINE
    with (
        httpx.Client(timeout=QUIET, headers=headers) as client,
        httpx_sse.connect_sse(client, "GET", where, params={"device": device}) as source,
    ):
        try:
            for event in source.iter_sse():
                yield event
                if time.monotonic() > until:
                    return
        except httpx.ReadTimeout:
            return  # all that it has is here


def _before_the_oldest(event: httpx_sse.ServerSentEvent) -> str | None:
    """From where on a log that has lost its beginning can be read."""
    oldest = msgspec.json.decode(event.data).get("oldest")
    epoch, _, number = str(oldest).rpartition("-")
    return f"{epoch}-{int(number) - 1}" if number.isdigit() else None
