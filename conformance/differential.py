"""Where deployed clients read a legal stream otherwise than the standard does. An observation, no verdict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from conformance.clients import CLIENTS, Client, Heard
from conformance.eventstream import Event
from conformance.evidence import excerpt, quoted
from conformance.grammar import findings
from conformance.reading import Reading
from conformance.transcript import Transcript

__all__ = ["Difference", "Portability", "compared"]

MOST_BYTES = 256 * 1024  # of a stream: what differs shows early
MOST_STREAMS = 40
OK = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event of a stream that a client reads differently, or the error that it raised.

    `at` is the offset in the body near which that is, `evidence` the bytes around it.
    """

    stream: str
    wanted: str
    got: str
    at: int
    evidence: bytes
    cut: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Portability:
    """What one client made of all streams. `version` is "" where it is not installed."""

    client: str
    version: str
    streams: int
    events: int  # by the standard
    differing: int  # streams
    first: Difference | None


def compared(transcripts: Iterable[Transcript], clients: Sequence[Client] = CLIENTS) -> list[Portability]:
    """Each client's reading of the streams that are legal and not too long."""
    short = (one for one in transcripts if sum(len(came.data) for came in one.arrivals) <= MOST_BYTES)
    legal = list(islice(filter(_legal, map(Reading.of, short)), MOST_STREAMS))
    return [_of(client, legal) for client in clients]


def _legal(reading: Reading) -> bool:
    head = reading.head
    if head is None or (head.status, head.media_type) != (OK, "text/event-stream"):
        return False
    return not any(found.level == "MUST" for found in findings(bytes(reading.body), ended=False))


def _of(client: Client, readings: Sequence[Reading]) -> Portability:
    if not client.version:
        return Portability(client.package, "", 0, 0, 0, None)
    found = [one for reading in readings if (one := _difference(client, reading)) is not None]
    events = sum(len(reading.events) for reading in readings)
    return Portability(
        client.package, client.version, len(readings), events, len(found), found[0] if found else None
    )


def _difference(client: Client, reading: Reading) -> Difference | None:
    events = reading.events
    heard = chain(client.read(_pieces(reading)), [None])
    for number, event in enumerate(chain(events, [None])):
        try:
            got = next(heard)
        except Exception as error:  # noqa: BLE001 - a client may raise what it likes
            return _shown(reading, number, f"{type(error).__name__}: {error}")
        if got != (None if event is None else Heard(event.type, event.data)):
            return _shown(reading, number, "no event" if got is None else _told(got.type, got.data))
    return None


def _pieces(reading: Reading) -> list[bytes]:
    """The body as it arrived, up to its last complete event: no capture ends where a client expects it."""
    end = reading.blocks[-1].end if reading.blocks else 0
    borders = [offset for offset in reading.offsets if offset < end]
    return [bytes(reading.body[a:b]) for a, b in zip_longest(borders, borders[1:], fillvalue=end)]


def _shown(reading: Reading, number: int, got: str) -> Difference:
    before: Sequence[Event] = reading.events[:number]
    at = before[-1].end if before else 0
    event = reading.events[number] if number < len(reading.events) else None
    wanted = "no event" if event is None else _told(event.type, event.data)
    evidence, cut = excerpt(reading.body, at)
    return Difference(reading.transcript.label, wanted, got, at, evidence, cut)


def _told(type_: str, data: str) -> str:
    return f"{type_} {quoted(data)}"
