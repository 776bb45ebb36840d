"""Many streams on one connection of HTTP/2: one is left, one is not read. Waits; judges nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.captures.audience import accepted_by
from conformance.captures.promptness import BREATH_SECONDS
from conformance.http2 import WINDOW_BYTES, Connection, NotSpokenError, Stream, connected
from conformance.subject import Subject
from conformance.target.request import Request
from conformance.verdict import Unjudged, Verdict

__all__ = ["LARGE_BYTES", "STREAMS", "Head", "Multiplex", "multiplex"]

STREAMS = 8  # more than the six connections of a browser
LARGE_BYTES = 16_384  # of one event
LARGE = 2 * WINDOW_BYTES // LARGE_BYTES  # events: twice what a closed window lets through
HELLOS = 4
OK = "200"

Head = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Multiplex:
    """`wanted` streams were to be on one connection, the server `allowed` so many, and so many were `opened`.

    Lags are seconds from the publisher to each reader, infinite where the event did not come: of one event
    for all (`together`), of one after a stream was reset (`after_reset`), and for those who read, of the last
    of the large events while one read nothing (`beside_shut`), who got `shut_bytes` meanwhile.
    """

    url: str
    heads: tuple[Head, ...]
    wanted: int
    allowed: int
    opened: int
    together: tuple[float, ...] = ()
    after_reset: tuple[float, ...] = ()
    beside_shut: tuple[float, ...] = ()
    shut_bytes: int = 0
    end: str = ""  # of the whole connection, where it has ended
    refused: str = ""  # what was agreed on instead of HTTP/2; then there is nothing else


def multiplex(subject: Subject) -> Multiplex:
    """Open the streams; publish where that can be done. Raises Unjudged."""
    channel = subject.channel()
    wanted = min(STREAMS, subject.roomy)
    if not wanted:
        raise Unjudged(Verdict.SKIP, "politeness: all the streams that the target allows are open already")
    subject.afford(wanted)
    request = subject.request(channel)
    try:
        return _captured(subject, channel, request, wanted)
    except NotSpokenError as instead:
        return Multiplex(request.url, (), 0, 0, 0, refused=str(instead))


def _captured(subject: Subject, channel: str, request: Request, wanted: int) -> Multiplex:
    with connected(request.url, verify=subject.target.target.tls.verify) as connection:
        connection.wait(lambda: None, BREATH_SECONDS)  # for the server's settings
        many = min(wanted, connection.allowed)
        requests = [request, *(subject.request(channel) for _ in range(many - 1))]
        streams = [connection.ask(one) for one in requests[:-1]]
        streams.append(connection.ask(requests[-1], shut=True))
        connection.wait(lambda: all(one.head or one.end for one in streams) or None, subject.head_seconds)
        opened = [one for one in streams if one.status == OK and not one.end]
        heads = tuple(one.head for one in streams if one.head)
        if not heads:
            raise Unjudged(Verdict.INCONCLUSIVE, f"no response head came: {connection.end or 'in time'}")
        seen = Multiplex(request.url, heads, wanted, connection.allowed, len(opened), end=connection.end)
        if len(opened) < STREAMS or not subject.can_publish:
            return seen
        return replace(seen, **_published(subject, channel, connection, streams), end=connection.end)


def _published(
    subject: Subject, channel: str, connection: Connection, streams: Sequence[Stream]
) -> Mapping[str, Any]:
    """The lags of Multiplex."""
    for number in range(HELLOS):  # until all are live
        if max(_lags(subject, channel, connection, streams, f"hello-{number}")) < float("inf"):
            break
    together = _lags(subject, channel, connection, streams, "together")
    connection.reset(streams[0])
    connection.wait(lambda: None, BREATH_SECONDS)  # for it to arrive
    after = _lags(subject, channel, connection, streams[1:], "after a reset")
    readers, shut = streams[1:-1], streams[-1]
    for number in range(LARGE):
        accepted_by(subject, channel, f"{number}".ljust(LARGE_BYTES, "."))
        connection.wait(lambda: None, 0.0)
    beside = _lags(subject, channel, connection, readers, "beside one that is shut")
    return {"together": together, "after_reset": after, "beside_shut": beside, "shut_bytes": len(shut.body)}


def _lags(
    subject: Subject, channel: str, connection: Connection, readers: Sequence[Stream], text: str
) -> tuple[float, ...]:
    asked = connection.now
    accepted_by(subject, channel, text)

    def came(one: Stream) -> float:
        times = (when - asked for when, event in one.events if subject.payload(event.data) == text)
        return next(times, float("inf"))

    connection.wait(
        lambda: all(came(one) < float("inf") or one.end for one in readers) or None,
        2 * subject.latency_seconds + subject.pause_seconds,
    )
    return tuple(map(came, readers))
