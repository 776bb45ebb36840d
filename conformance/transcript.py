"""What went over one connection, as bytes with times, to be stored and judged again. Judges nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

__all__ = ["Arrival", "Transcript", "TranscriptError", "read", "write"]


class TranscriptError(ValueError):
    """A stored capture that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one `recv` returned, and when: seconds since the request had been sent."""

    seconds: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Transcript:
    """One connection: the request, then every arrival. Bytes are kept exactly as they were."""

    label: str  # what the connection was opened for
    url: str
    request: bytes
    opened: (
        float  # when the request had been sent, on the monotonic clock that all transcripts of a run share
    )
    arrivals: tuple[Arrival, ...] = ()
    end: str = ""  # "" as long as the peer kept it open, "eof", or the error that ended it
    lasted: float = 0.0  # seconds from the request to the end of the capture


class _Opening(msgspec.Struct, tag="open"):
    label: str
    url: str
    request: str
    opened: float


class _Bytes(msgspec.Struct, tag="bytes"):
    seconds: float
    data: str


class _End(msgspec.Struct, tag="end"):
    seconds: float
    end: str


def write(transcripts: Iterable[Transcript]) -> Iterator[bytes]:
    """JSON lines: an opening, its arrivals, its end. Bytes are written as the characters U+0000 to U+00FF."""
    for one in transcripts:
        request = one.request.decode("latin-1")
        yield msgspec.json.encode(_Opening(one.label, one.url, request, one.opened)) + b"\n"
        for arrival in one.arrivals:
            data = arrival.data.decode("latin-1")
            yield msgspec.json.encode(_Bytes(arrival.seconds, data)) + b"\n"
        yield msgspec.json.encode(_End(one.lasted, one.end)) + b"\n"


def read(lines: Iterable[bytes]) -> Iterator[Transcript]:
    """The transcripts that `write` wrote. Raises TranscriptError."""
    opening: _Opening | None = None
    arrivals: list[Arrival] = []
    for number, line in enumerate(lines, 1):
        match _decode(number, line), opening:
            case _Opening() as begun, None:
                opening, arrivals = begun, []
            case _Bytes(seconds, data), _Opening():
                arrivals.append(Arrival(seconds, _octets(number, data)))
            case _End(lasted, end), _Opening(label, url, request, opened):
                octets = _octets(number, request)
                yield Transcript(label, url, octets, opened, tuple(arrivals), end, lasted)
                opening = None
            case found, _:
                raise TranscriptError(f"line {number}: {type(found).__name__[1:].lower()} out of place")
    if opening is not None:
        raise TranscriptError(f"the capture of {opening.label!r} was cut off before its end")


def _decode(number: int, line: bytes) -> _Opening | _Bytes | _End:
    try:
        return msgspec.json.decode(line, type=_Opening | _Bytes | _End)
    except msgspec.MsgspecError as error:
        raise TranscriptError(f"line {number}: {error}") from error


def _octets(number: int, text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise TranscriptError(f"line {number}: {text[error.start]!r} is not a byte") from error
