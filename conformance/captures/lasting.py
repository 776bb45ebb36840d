"""Streams that are held for minutes, past the timers of proxies and workers. Waits; judges nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.audience import accepted_by, arrived, there
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["Held", "lasting"]

MARKS = (65.0, 125.0, 305.0)  # seconds: a little more than a minute, two, and five
BUSY_SECONDS = 5.0  # between two events on the busy one


@dataclass(frozen=True, slots=True)
class Held:
    """A stream that had to live for `due` seconds, and lived for `lived`.

    `heard` tells whether an event came that was published then; None where none was.
    """

    busy: bool
    due: float
    lived: float
    heard: bool | None
    reading: Reading


@dataclass(slots=True)
class _Watched:
    busy: bool
    due: float
    channel: str
    stream: WireStream
    held: Held | None = None


def lasting(subject: Subject) -> tuple[Held, ...]:
    """A quiet stream for each mark, and a busy one; a stranger is asked for one. Raises Unjudged."""
    watched = [_open(subject, mark) for mark in (MARKS if subject.unrationed else MARKS[-1:])]
    if subject.can_publish and subject.unrationed:
        watched.append(_open(subject, MARKS[-1], busy=True))
    begun, rounds = time.monotonic(), 0
    while left := [one for one in watched if one.held is None]:
        rounds += 1
        _until(left, begun + min(rounds * BUSY_SECONDS, *(one.due for one in left)))
        for one in left:
            if one.busy and not one.stream.ended:
                accepted_by(subject, one.channel, f"busy-{subject.nonce}-{rounds}.")
            lived = time.monotonic() - begun
            if one.stream.ended or lived >= one.due:
                one.held = _held(subject, one, lived)
    return tuple(one.held for one in watched if one.held)


def _open(subject: Subject, due: float, *, busy: bool = False) -> _Watched:
    channel = subject.channel()
    stream = subject.subscribe(f"a {'busy' if busy else 'quiet'} stream, for {due:.0f} s", channel)
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    return _Watched(busy, due, channel, stream)


def _until(left: Sequence[_Watched], deadline: float) -> None:
    """Until then, or until one of them has ended."""

    def ended() -> bool | None:
        return any(one.stream.ended for one in left) or None

    left[0].stream.wire.wait(ended, max(0.0, deadline - time.monotonic()))


def _held(subject: Subject, one: _Watched, lived: float) -> Held:
    heard = None
    if not one.stream.ended and subject.can_publish:
        text = f"mark-{subject.nonce}-{one.due:.0f}."
        accepted_by(subject, one.channel, text)
        arrived(subject, [one.stream], text)
        heard = there(subject, text, one.stream.reading)
    lived = one.stream.lasted if one.stream.ended else lived
    return Held(one.busy, one.due, lived, heard, Reading.of(one.stream.transcript))
