"""As many readers of one channel as the target takes, and an event for all of them. Waits; judges nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.audience import accepted_by, arrived, greet
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Crowd", "crowd"]

MOST_READERS, FEWEST_READERS = 200, 10
TRIES = 3  # of which the best counts: a machine may be busy for a moment
OK = 200


@dataclass(frozen=True, slots=True)
class Crowd:
    """`wanted` readers asked for the same channel; the lags are of those who got the event, in its best try.

    `strange` is the reading of one that was refused, or got nothing.
    """

    wanted: int
    accepted: int
    lags: tuple[float, ...]
    strange: Reading | None


def crowd(subject: Subject) -> Crowd:
    """Open as many streams as the target declares, and publish, again if that took long. Raises Unjudged."""
    wanted = _how_many(subject)
    channel = subject.channel()
    readers = [subject.subscribe(f"reader {number} of {wanted}", channel) for number in range(1, wanted + 1)]
    greet(subject, channel, readers)
    best: list[float | None] = []
    for number in range(TRIES):
        lags = _try(subject, channel, readers, f"crowd-{subject.nonce}-{number}.")
        best = min(best or lags, lags, key=_slowest)
        if _slowest(best) <= subject.latency_seconds + subject.pause_seconds:
            break
    readings = [reader.reading for reader in readers]
    strange = [reading for reading, lag in zip(readings, best, strict=True) if lag is None]
    return Crowd(
        wanted,
        sum(reading.head is not None and reading.head.status == OK for reading in readings),
        tuple(lag for lag in best if lag is not None),
        strange[0] if strange else None,
    )


def _try(subject: Subject, channel: str, readers: Sequence[WireStream], text: str) -> list[float | None]:
    """Publish one event; what it took to each reader."""
    asked = time.monotonic()
    accepted_by(subject, channel, text)
    arrived(subject, readers, text)
    return [_lag(subject, reader.reading, text, asked) for reader in readers]


def _slowest(lags: Sequence[float | None]) -> float:
    return max(float("inf") if lag is None else lag for lag in lags)


def _how_many(subject: Subject) -> int:
    declared = subject.target.limits
    open_yet = sum(not stream.closed for stream in subject.streams)
    polite = subject.target.politeness.max_streams if subject.target.politeness else None
    wanted = min(MOST_READERS, declared.streams, declared.cap or MOST_READERS) - open_yet
    if polite is not None or wanted < FEWEST_READERS:
        told = f"politeness: needs {FEWEST_READERS} streams at once; the target can allow them"
        raise Unjudged(Verdict.SKIP, told)
    return wanted


def _lag(subject: Subject, reading: Reading, text: str, asked: float) -> float | None:
    """Seconds from the publisher to this reader."""
    for event in reading.events:
        if subject.payload(event.data) == text:
            return max(0.0, reading.dispatched(event) + reading.transcript.opened - asked)
    return None
