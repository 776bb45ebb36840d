"""Large events: in one line, and in many, some of them empty. Judges nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from conformance.captures.audience import greet
from conformance.captures.channel import Channel
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Large", "large"]

SIZES = (1 << 20, 1 << 18, 1 << 16)  # bytes; a smaller one only where a larger one is refused
LABELS = ("one line", "many lines")
EVERY = 7  # lines, of which one is empty
PATIENCE_SECONDS = 30.0  # for a large event, on a busy machine


@dataclass(frozen=True, slots=True)
class Large:
    """An event that was accepted, and what came between it and the next one, which is small."""

    label: str
    text: str
    refused: str  # what the publisher was told of larger ones
    came: tuple[str | None, ...]
    after: bool  # the small one has come
    reading: Reading
    end: int  # of the first of what came, in the body


def large(subject: Subject) -> tuple[Large, ...]:
    """Publish the largest ones that are taken, of both kinds. Raises Unjudged where none is."""
    channel = Channel(subject)
    channel.afford(len(LABELS) * 2)
    stream = channel.open("the reader of large events")
    greet(subject, channel.name, [stream])
    return tuple(_deliver(channel, stream, label) for label in LABELS)


def _deliver(channel: Channel, stream: WireStream, label: str) -> Large:
    seen = len(stream.reading.events)
    text, refused = _published(channel, label)
    (after,) = channel.texts(f"after-{label.partition(' ')[0]}", 1)
    channel.publish([after])
    stream.wait(lambda reading: channel.subject.dispatched(after, reading), PATIENCE_SECONDS)
    reading = Reading.of(stream.transcript)
    events = reading.events[seen:]
    payloads = [channel.subject.payload(event.data) for event in events]
    came = tuple(one for one in payloads if one != after)
    return Large(label, text, refused, came, after in payloads, reading, events[0].end if events else 0)


def _published(channel: Channel, label: str) -> tuple[str, str]:
    """The first text that was taken, and what was said to larger ones. Raises Unjudged."""
    publish = channel.subject.target.publish
    most = publish.max_bytes if publish and publish.max_bytes else SIZES[0]
    refused = ""
    for size in [size for size in SIZES if size <= most] or [most]:
        text = "x" * size if label == "one line" else _lines(size)
        receipt = channel.subject.publish(channel.name, Payload(text))
        if receipt.accepted:
            return text, refused
        refused = f"{size} bytes were refused ({receipt.text})"
    raise Unjudged(Verdict.INCONCLUSIVE, f"no large event can be published: {refused}")


def _lines(size: int) -> str:
    """Text of that many characters, none of its lines like another."""

    def lines() -> Iterator[str]:
        left = size
        for number in count():
            line = "" if number % EVERY == EVERY - 1 else f"line {number}."
            if left <= len(line) + 1:
                yield "x" * left
                return
            left -= len(line) + 1
            yield line

    return "\n".join(lines())
