"""Many publishers of long events on one channel at the same moment. Passes no verdict."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from conformance.captures.audience import PATIENCE_SECONDS, greet
from conformance.captures.channel import Channel
from conformance.eventstream import Block, Field
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["WRITERS", "Writers", "intruder", "lines_at", "writers"]

WRITERS = 8
ROUNDS = 3
LINES = 20


@dataclass(frozen=True, slots=True)
class Writers:
    """One subscriber's stream; the payloads that were accepted, and those that came whole."""

    reading: Reading
    accepted: tuple[str, ...]
    whole: frozenset[str]


def writers(subject: Subject) -> Writers:
    """Publish from several threads at once, and read until all has come. Raises Unjudged."""
    channel = Channel(subject)
    channel.afford(WRITERS * ROUNDS + 1)
    stream = channel.open("the reader of many writers")
    greet(subject, channel.name, [stream])
    _alone(channel, stream)
    with ThreadPoolExecutor(WRITERS, "writer") as pool:
        written = [*pool.map(partial(_write, channel), range(WRITERS))]
    accepted = tuple(text for texts in written for text in texts)
    stream.wait(partial(_all_came, channel, stream, accepted), subject.latency_seconds + PATIENCE_SECONDS)
    got = channel.got(stream, accepted)
    return Writers(got.reading, accepted, frozenset(got.texts))


def _alone(channel: Channel, stream: WireStream) -> None:
    """One such event before all others. Raises Unjudged where not even that comes whole."""
    text = "\n".join(channel.texts("alone", LINES))
    channel.publish([text])
    channel.until([stream], text)
    if not channel.got(stream, [text]).texts:
        told = "an event of several lines does not come as it was published, even when it is alone"
        raise Unjudged(Verdict.DEPENDENCY, f"SSE-DATA-001: {told}")


def _write(channel: Channel, writer: int) -> list[str]:
    """What one of them publishes, as far as it is accepted."""
    texts = ["\n".join(channel.texts(f"writer-{writer}-{number}", LINES)) for number in range(ROUNDS)]
    return [text for text in texts if channel.subject.publish(channel.name, Payload(text)).accepted]


def _all_came(channel: Channel, stream: WireStream, texts: Sequence[str], reading: Reading) -> bool | None:
    return (len(reading.events) > len(texts) and set(channel.got(stream, texts).texts) == set(texts)) or None


def lines_at(found: Writers, text: str) -> int | None:
    """Where the body has a line of a payload that did not come whole; None where it has none of it."""
    if text in found.whole:
        return None
    places = [found.reading.body.find(line.encode()) for line in text.split("\n")]
    return next((place for place in places if place >= 0), None)


def intruder(found: Writers) -> Field | None:
    """A comment behind the first field of an event, where not all of the events have as many."""
    lines = [line for text in found.whole for line in text.split("\n")]
    inner = [_inner(block) for block in found.reading.blocks if _holds(block, lines)]
    most = max(inner, key=len, default=[])
    return most[0] if most and any(len(one) < len(most) for one in inner) else None


def _holds(block: Block, lines: Sequence[str]) -> bool:
    return any(line in field.value for field in block.fields if field.name == "data" for line in lines)


def _inner(block: Block) -> list[Field]:
    """Comments in front of the first field are none: they may have come before the event."""
    first = next((at for at, field in enumerate(block.fields) if field.name), 0)
    return [field for field in block.fields[first:] if not field.name]
