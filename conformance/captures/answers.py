"""Requests that differ in one thing each, and how each was answered. Waits; judges nothing."""

from collections.abc import Callable, Mapping
from itertools import islice

from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["Opener", "answers"]

AT_ONCE = 2  # beside the quiet subscription, that is what a stranger is asked for
PROMPTS = 4  # the first ones may come before the subscription is live
PATIENCE_SECONDS = 5.0  # for what has not come by then: how soon it comes is another row's matter

Opener = Callable[[str], WireStream]  # its argument is what the stream is labelled


def answers(
    subject: Subject, channel: str, openers: Mapping[str, Opener], *, whole: bool = False
) -> dict[str, Reading]:
    """The answer to each, a few at once: its head; with `whole` all of it, as far as it has an end.

    A head that waits for an event gets one, since that is another row's matter. Raises Unjudged.
    """
    names = iter(openers)
    found: dict[str, Reading] = {}
    while batch := {name: openers[name](name) for name in islice(names, AT_ONCE)}:
        _await(subject, channel, [*batch.values()])
        if whole:
            _settle(subject, [*batch.values()])
        for name, stream in batch.items():
            stream.close()
            found[name] = Reading.of(stream.transcript)
    return found


def _await(subject: Subject, channel: str, streams: list[WireStream]) -> None:
    """Until all are answered."""
    for _ in range(PROMPTS if subject.can_publish else 0):
        if subject.wire.wait(lambda: all(map(_answered, streams)) or None, subject.head_seconds):
            return
        subject.publish(channel, Payload("x"))
    subject.wire.wait(lambda: all(map(_answered, streams)) or None, PATIENCE_SECONDS)


def _settle(subject: Subject, streams: list[WireStream]) -> None:
    """Until all answers have ended, or go on as streams do."""
    subject.wire.wait(lambda: all(map(_ended, streams)) or None, PATIENCE_SECONDS)


def _answered(stream: WireStream) -> bool:
    return stream.reading.head is not None or stream.ended


def _ended(stream: WireStream) -> bool:
    return stream.reading.complete or stream.ended
