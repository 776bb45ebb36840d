"""A reader that takes compressed bodies, beside one that takes none. Waits; judges nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.audience import greet, headed
from conformance.captures.promptness import Single, singles
from conformance.captures.quiet import TOLERANCE, beats_of
from conformance.checks.coding import CodingError, codings, decodable, plain
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["OFFERED", "Compressed", "compressed", "offered"]

OFFERED = ((b"Accept-Encoding", b"gzip, deflate, br, zstd"),)  # as browsers do
LONGEST_BEAT = 3.0  # seconds for which one is waited for


@dataclass(frozen=True, slots=True)
class Compressed:
    """`reading` is what came, `text` the same without its coding: None where it cannot be read here. Then
    an event counts as come with the first bytes after it.

    `broken` says why the body is not what its coding says. `beaten` tells whether a heartbeat came in time
    after the last event; None where the body has no coding, or the witness got none either.
    """

    reading: Reading
    codings: tuple[str, ...]
    text: Reading | None
    broken: str = ""
    singles: tuple[Single, ...] = ()
    beaten: bool | None = None


def offered(subject: Subject) -> Reading:
    """The head of a stream for a client that takes any common coding."""
    channel = subject.channel()
    stream = subject.subscribe("a reader that takes compressed bodies", channel, more=OFFERED)
    headed(subject, channel, stream)
    return Reading.of(stream.transcript)


def compressed(subject: Subject) -> Compressed:
    """Publish one event after another to a reader that takes compressed bodies. Raises Unjudged."""
    channel = subject.channel()
    witness = subject.subscribe("the witness, without compression", channel)
    stream = subject.subscribe("a reader that takes compressed bodies", channel, more=OFFERED)
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    greet(subject, channel, [witness])
    named = tuple(codings(stream.reading))
    if not decodable(stream.reading):
        seen = singles(subject, channel, witness)
        reading = Reading.of(stream.transcript)
        return Compressed(reading, named, None, "", _by_bytes(reading, witness.reading, seen))
    try:
        found = singles(subject, channel, stream, plain)
        beaten = _beaten(subject, witness, stream)
        text = plain(Reading.of(stream.transcript))
    except CodingError as error:
        return Compressed(Reading.of(stream.transcript), named, None, str(error))
    return Compressed(Reading.of(stream.transcript), named, text, "", found, beaten)


def _beaten(subject: Subject, witness: WireStream, stream: WireStream) -> bool | None:
    """Whether a heartbeat that reaches the witness comes through the coding, too, and in time."""
    interval = subject.heartbeat
    if interval is None or interval > LONGEST_BEAT or not codings(stream.reading):
        return None

    def beat(reading: Reading) -> bool | None:
        text = plain(reading)
        last = text.events[-1].end if text.events else len(text.body)
        return any(found[0].offset >= last for found in beats_of(text, subject.target)) or None

    patience = interval * TOLERANCE + subject.latency_seconds
    return bool(stream.wait(beat, patience)) if witness.wait(beat, patience) else None


def _by_bytes(reading: Reading, witness: Reading, seen: Sequence[Single]) -> tuple[Single, ...]:
    """The events that the witness got, as far as bytes came to the other reader after each of them."""
    shift = witness.transcript.opened - reading.transcript.opened
    asked = [single.asked + shift for single in seen]
    ends = [*asked[1:], reading.transcript.lasted]
    return tuple(
        Single(begun, next((second for second in reading.pieces if begun <= second < end), None))
        for begun, end in zip(asked, ends, strict=True)
    )
