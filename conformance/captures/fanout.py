"""Several readers of one channel, and what each of them got. Waits; judges nothing."""

from dataclasses import dataclass

from conformance.captures.audience import accepted_by, arrived, greet
from conformance.reading import Reading
from conformance.subject import Subject

__all__ = ["Fanout", "fanout"]

READERS = 3
EVENTS, FEW = 30, 5


@dataclass(frozen=True, slots=True)
class Fanout:
    """`texts` were published, in this order; `got` are those that each reader got, in its order."""

    texts: tuple[str, ...]
    readings: tuple[Reading, ...]
    got: tuple[tuple[str, ...], ...]


def fanout(subject: Subject) -> Fanout:
    """Publish to a few readers as fast as may be. Raises Unjudged where none of them gets anything."""
    channel = subject.channel()
    readers = [subject.subscribe(f"reader {number}", channel) for number in range(1, READERS + 1)]
    greet(subject, channel, readers)
    many = EVENTS if subject.unrationed else FEW
    texts = tuple(f"fan-{subject.nonce}-{number}." for number in range(many))
    for text in texts:
        accepted_by(subject, channel, text)
    arrived(subject, readers, texts[-1])
    readings = tuple(Reading.of(reader.transcript) for reader in readers)
    payloads = [[subject.payload(event.data) or "" for event in reading.events] for reading in readings]
    known = set(texts)
    return Fanout(texts, readings, tuple(tuple(one for one in got if one in known) for got in payloads))
