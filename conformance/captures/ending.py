"""A stream that ends by itself, to its end and beyond: the same connection, and a client that comes back.

Judges nothing.
"""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from conformance.ask import Ask, octets
from conformance.checks.fields import tokens
from conformance.peer import Unreachable
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.target.request import Request
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Ending", "ending", "whole"]

BOUND = 3  # events, where one can be asked for
MOST_EVENTS = 20  # that are published to reach the end
BREATH_SECONDS = 0.1
PATIENCE_SECONDS = 10.0  # for a stream that ends by itself


@dataclass(frozen=True, slots=True)
class Ending:
    """A whole message, and the texts that were published while it lasted.

    `then` is what came for a second request on the same connection; None where it was not tried, since the
    server had said that it would close. `again` is what a client got that came back with the last id; None
    where no browser would.
    """

    reading: Reading
    texts: tuple[str, ...]
    then: bytes | None = None
    again: Reading | None = None


def ending(subject: Subject) -> Ending:
    """Read such a stream, ask again on its connection, and come back. Raises Unjudged if it does not end."""
    channel = subject.channel()
    stream, texts = whole(subject, channel, "a stream to its end")
    if not _over(stream):
        key = "bounded" if subject.target.subscribe.bounded else "finite = true"
        lasted = f"in {stream.lasted:.0f} s, and {len(stream.reading.events)} events"
        reason = f"the target says {key}, but the stream did not end {lasted}"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)
    reading = Reading.of(stream.transcript)
    then = _then(stream)
    stream.close()
    return Ending(reading, texts, then, _again(subject, channel, reading))


def whole(
    subject: Subject, channel: str, label: str, *, version: str = "1.1"
) -> tuple[WireStream, tuple[str, ...]]:
    """Such a stream, which should be over, and the texts that were published to end it. Raises Unjudged."""
    stream = subject.subscribe(label, channel, ask=_bounded(subject, version))
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    texts: tuple[str, ...] = ()
    if subject.can_publish and subject.target.subscribe.traffic == "on-publish":
        texts = _publish(subject, channel, stream)
    stream.wait(_complete, PATIENCE_SECONDS)
    return stream, texts


def _bounded(subject: Subject, version: str = "1.1") -> Ask:
    """How to ask for a stream that ends."""
    bounded = subject.target.subscribe.bounded
    return Ask(version=version, variant=bounded, count=BOUND if bounded else None)


def _publish(subject: Subject, channel: str, stream: WireStream) -> tuple[str, ...]:
    """One event after another, until the stream is over, or should be."""
    bounded = subject.target.subscribe.bounded is not None
    texts: list[str] = []
    while len(texts) < (BOUND if bounded else MOST_EVENTS) and not _over(stream):
        text = f"last-{subject.nonce}-{len(texts)}."
        texts.append(text)
        subject.publish(channel, Payload(text))
        stream.wait(partial(_came, subject, text), subject.latency_seconds)
        if not bounded:
            stream.wait(_complete, BREATH_SECONDS)  # perhaps that was the last one
    return tuple(texts)


def _came(subject: Subject, text: str, reading: Reading) -> bool | None:
    return _complete(reading) or subject.dispatched(text, reading)


def _then(stream: WireStream) -> bytes | None:
    """A HEAD on the connection that the stream has left open: nothing is subscribed by it."""
    if not stream.reading.complete or _closes(stream.reading):
        return None
    parts = urlsplit(stream.transcript.url)
    request = Request("HEAD", f"{parts.scheme}://{parts.netloc}{parts.path}")
    try:
        stream.send(octets(request))
    except Unreachable:
        return b""
    stream.wait(lambda reading: reading.after or None, PATIENCE_SECONDS)
    return stream.reading.after


def _closes(reading: Reading) -> bool:
    """Whether the head says that the connection ends with the message (RFC 9112, 9.3)."""
    assert reading.head is not None, "asked of a message that has one"
    options = tokens(reading.head.all("connection"))
    return "close" in options or (reading.head.version == "1.0" and "keep-alive" not in options)


def _again(subject: Subject, channel: str, reading: Reading) -> Reading | None:
    """A browser comes back by itself, and by GET only."""
    if subject.target.subscribe.method != "GET":
        return None
    cursor = reading.last_event_id or None
    stream = subject.subscribe("back after the end", channel, cursor=cursor, ask=_bounded(subject))
    stream.wait(lambda found: found.head, PATIENCE_SECONDS)
    stream.wait(lambda found: _complete(found) or bool(found.events) or None, subject.latency_seconds)
    return Reading.of(stream.transcript)


def _over(stream: WireStream) -> bool:
    return stream.reading.complete or stream.ended


def _complete(reading: Reading) -> bool | None:
    return reading.complete or None
