"""Payloads that no server can write as UTF-8, each followed by a good one. Judges nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from conformance.captures.audience import PATIENCE_SECONDS, greet
from conformance.captures.channel import Channel
from conformance.publishers.publisher import Receipt
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject

__all__ = ["Attempt", "unencodable"]

PAYLOADS: Mapping[str, str] = {
    "a lone surrogate": "a\ud800b",
    "a byte that is no UTF-8": "a\udcffb",  # see Payload
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payload, what the publisher was told, how many events came for it, and whether the good one did."""

    label: str
    receipt: Receipt
    came: int
    alive: bool
    reading: Reading
    begin: int  # of what came after it, in the body


def unencodable(subject: Subject) -> tuple[Attempt, ...]:
    """Publish them while somebody listens; no more once that stream is lost. Raises Unjudged."""
    return tuple(_attempts(subject))


def _attempts(subject: Subject) -> Iterator[Attempt]:
    channel = Channel(subject)
    channel.afford(2 * len(PAYLOADS))
    stream = channel.open("the reader of what cannot be encoded")
    greet(subject, channel.name, [stream])
    goods = channel.texts("good", len(PAYLOADS))
    for (label, payload), good in zip(PAYLOADS.items(), goods, strict=True):
        seen, begin = len(stream.reading.events), len(stream.reading.body)
        receipt = subject.publish(channel.name, Payload(payload))
        after = subject.publish(channel.name, Payload(good))
        stream.wait(partial(subject.dispatched, good), subject.latency_seconds + PATIENCE_SECONDS)
        reading = Reading.of(stream.transcript)
        alive = after.accepted and bool(subject.dispatched(good, reading))
        yield Attempt(label, receipt, len(reading.events) - seen - alive, alive, reading, begin)
        if not alive:
            return
