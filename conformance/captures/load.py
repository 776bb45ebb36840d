"""An event of a megabyte, sent to another reader than those who are watched. Waits; judges nothing."""

import time
from dataclasses import dataclass

from conformance.captures.audience import PATIENCE_SECONDS, greet
from conformance.row import Payload
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["Load", "load"]

LARGE_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Load:
    """When it was on its way, on the clock of all transcripts. `size` is in bytes."""

    begun: float
    ended: float
    size: int


def load(subject: Subject) -> Load:
    """Publish it, and wait until it has come. Raises Unjudged."""
    channel = subject.channel()
    stream = subject.subscribe("the reader of a large event", channel)
    greet(subject, channel, [stream])
    most = subject.target.publish.max_bytes if subject.target.publish else None
    text = f"large-{subject.nonce}.".ljust(min(LARGE_BYTES, most or LARGE_BYTES), "x")
    begun, before = time.monotonic(), _size(stream)
    subject.publish(channel, Payload(text))
    stream.wire.wait(lambda: stream.ended or _size(stream) - before >= len(text) or None, PATIENCE_SECONDS)
    return Load(begun, time.monotonic(), len(text))


def _size(stream: WireStream) -> int:
    """Bytes that came. Nobody reads them: that would keep this machine busy, and is not what is timed."""
    return sum(len(arrival.data) for arrival in stream.transcript.arrivals)
