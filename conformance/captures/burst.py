"""Numbered events, as fast as they can be published. Judges nothing."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.captures.audience import greet
from conformance.captures.channel import Channel, Cursor
from conformance.row import Payload
from conformance.subject import Subject

__all__ = ["ENOUGH", "Burst", "burst"]

MOST = 1_000  # events
FEWEST = 100  # of them, where the target's own rate allows as many
BURST_SECONDS = 5.0  # for which they are published
LONGEST_SECONDS = 25.0  # until there are FEWEST
ENOUGH = 20  # events; with fewer there was no burst


@dataclass(frozen=True, slots=True)
class Burst:
    """The texts that were accepted, in this order; and the subscriber's stream."""

    texts: tuple[str, ...]
    seconds: float
    reader: Cursor
    end: str  # why the stream ended, if it did


def burst(subject: Subject) -> Burst:
    """Publish without a pause, and read until the last one has come. Raises Unjudged."""
    channel = Channel(subject)
    channel.afford(ENOUGH)
    stream = channel.open("the reader of a burst")
    greet(subject, channel.name, [stream])
    begun = time.monotonic()
    accepted = [*_accepted(channel, begun)]
    seconds = time.monotonic() - begun
    if accepted:
        channel.until([stream], accepted[-1])
    return Burst(tuple(accepted), seconds, channel.got(stream, accepted), stream.transcript.end)


def _accepted(channel: Channel, begun: float) -> Iterator[str]:
    pause = channel.subject.pause_seconds
    fewest = min(FEWEST, BURST_SECONDS / pause) if pause else FEWEST
    for number, text in enumerate(channel.texts("burst", MOST)):
        spent = time.monotonic() - begun
        if spent > LONGEST_SECONDS or (spent > BURST_SECONDS and number >= fewest):
            return
        if channel.subject.publish(channel.name, Payload(text)).accepted:
            yield text
