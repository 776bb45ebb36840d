"""Events of many lines that are being written when a heartbeat is due. Waits; judges nothing."""

import time
from dataclasses import dataclass

from conformance.captures.audience import accepted_by, arrived, greet
from conformance.peer import STALLED, Manner
from conformance.reading import Reading
from conformance.subject import Subject

__all__ = ["Straddle", "straddle"]

SLOW = Manner(receive_buffer=STALLED.receive_buffer, segment=STALLED.segment)
LARGE_BYTES = 160 << 10  # several times what a server can write to a reader that takes nothing
LINE = 64  # characters
SMALL, LINES = 8, 12  # small events, and lines of each
LONGEST_WAIT = 2.0  # seconds for which a heartbeat is waited for in the middle of an event
SLOW_WAIT = 50.0  # the same, where there is time
UNDECLARED = 20.0  # seconds between heartbeats, for all we know
INTERVALS = 2.0


@dataclass(frozen=True, slots=True)
class Straddle:
    """`texts` were published; while the first was on its way the reader took nothing for `waited` seconds."""

    reading: Reading
    texts: tuple[str, ...]
    whole: tuple[bool, ...]  # which came as they were
    waited: float
    needed: float = 0.0  # seconds after which a heartbeat is due


def straddle(subject: Subject, *, slow: bool = False) -> Straddle:
    """Stop reading inside a large event, for longer than a heartbeat's interval. Raises Unjudged."""
    channel = subject.channel()
    stream = subject.subscribe("a reader that stops in an event", channel, manner=SLOW)
    greet(subject, channel, [stream])
    most = subject.target.publish.max_bytes if subject.target.publish else None
    texts = [_lines(subject, 0, min(LARGE_BYTES, most or LARGE_BYTES) // (LINE + 1))]
    stream.pause()
    accepted_by(subject, channel, texts[0])
    begun = time.monotonic()
    interval = subject.heartbeat or UNDECLARED
    wait = min(interval * INTERVALS, SLOW_WAIT if slow else LONGEST_WAIT)
    stream.wire.wait(lambda: None, begun + wait - time.monotonic())
    waited = time.monotonic() - begun
    stream.resume()
    arrived(subject, [stream], texts[0])
    for number in range(1, SMALL + 1 if subject.unrationed else 1):
        texts.append(_lines(subject, number, LINES))
        accepted_by(subject, channel, texts[-1])
        stream.wait(lambda _: None, min(wait, LONGEST_WAIT) / SMALL)  # so that some come when one is due
    arrived(subject, [stream], texts[-1])
    reading = Reading.of(stream.transcript)
    came = {subject.payload(event.data) for event in reading.events}
    return Straddle(reading, tuple(texts), tuple(text in came for text in texts), waited, interval)


def _lines(subject: Subject, number: int, count: int) -> str:
    """Lines that are all different, and none of them empty."""
    return "\n".join(f"straddle-{subject.nonce}-{number}-{line}.".ljust(LINE, "x") for line in range(count))
