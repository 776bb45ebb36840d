"""As many streams as the target declares to be its cap, one more, and one less. Waits; judges nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.audience import PATIENCE_SECONDS, accepted_by, arrived, there
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Capacity", "accepted", "admitted", "capacity", "crowd"]

AT_ONCE = 50  # that are opened before their answers are waited for
BACK_SECONDS = 2.0  # for a slot that was left to be given to somebody else
POLL_SECONDS = 0.05
OK = 200


@dataclass(frozen=True, slots=True)
class Capacity:
    """`harmed` are those of the `held` streams that had ended, or missed an event, when the newcomer came."""

    cap: int
    held: int
    newcomer: Reading | None  # the first that was refused; or the one beyond the cap
    harmed: tuple[Reading, ...]
    published: bool  # whether there was such an event
    returned: Reading | None  # of whoever came when one had left
    seconds: float  # until that one was accepted, or was given up


def capacity(subject: Subject, cap: int) -> Capacity:
    """Fill it, look at who is there already, and let one leave. Raises Unjudged."""
    channel = subject.channel()
    held, newcomer = crowd(subject, channel, cap)
    if not held:
        raise Unjudged(Verdict.INCONCLUSIVE, "not one stream was accepted")
    if newcomer is None and len(held) > 1:
        newcomer = held.pop()  # it should not have been let in
    text = f"crowded-{subject.nonce}."
    if subject.can_publish:
        accepted_by(subject, channel, text)
        arrived(subject, held, text)
    harmed = [
        reader
        for reader in held
        if reader.ended or (subject.can_publish and not there(subject, text, reader.reading))
    ]
    begun = time.monotonic()
    held[0].close()
    back = admitted(subject, channel, 1, BACK_SECONDS)
    return Capacity(
        cap,
        len(held),
        Reading.of(newcomer.transcript) if newcomer else None,
        tuple(Reading.of(reader.transcript) for reader in harmed),
        subject.can_publish,
        Reading.of(back[0].transcript) if back else None,
        time.monotonic() - begun,
    )


def crowd(subject: Subject, channel: str, cap: int) -> tuple[list[WireStream], WireStream | None]:
    """Streams up to one beyond the cap, with those of ours that are open already; and who was refused first.

    Raises Unjudged.
    """
    held: list[WireStream] = []
    ours = sum(not stream.closed and not stream.ended for stream in subject.streams)
    left = max(1, cap + 1 - ours)
    while left > 0:
        batch = [subject.subscribe("one of a crowd", channel) for _ in range(min(AT_ONCE, left))]
        _answered(subject, batch)
        held += [stream for stream in batch if accepted(stream)]
        refused = [stream for stream in batch if not accepted(stream)]
        if refused:
            return held, refused[0]
        left -= len(batch)
    return held, None


def admitted(subject: Subject, channel: str, count: int, seconds: float) -> list[WireStream]:
    """Try to open `count` streams, for at most so long; those that were accepted."""
    deadline = time.monotonic() + seconds
    inside: list[WireStream] = []
    while True:
        batch = [subject.subscribe("one who comes later", channel) for _ in range(count - len(inside))]
        _answered(subject, batch)
        inside += [stream for stream in batch if accepted(stream)]
        for stream in batch:
            if stream not in inside:
                stream.close()
        if len(inside) == count or time.monotonic() > deadline:
            return inside
        time.sleep(POLL_SECONDS)


def accepted(stream: WireStream) -> bool:
    """Whether its subscription was."""
    head = stream.reading.head
    return head is not None and head.status == OK


def _answered(subject: Subject, streams: Sequence[WireStream]) -> None:
    def all_there() -> bool | None:
        return all(stream.ended or stream.reading.head for stream in streams) or None

    subject.wire.wait(all_there, subject.head_seconds + PATIENCE_SECONDS)
