"""Cursors that no server has handed out, each sent as `Last-Event-ID`. Waits; judges nothing."""

from collections.abc import Mapping
from itertools import islice

from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["CURSORS", "strange"]

AT_ONCE = 2  # beside the quiet subscription, that is what a stranger is asked for
SERVER_ERROR = 500
PROMPTS = 4  # the first ones may come before the subscription is live
NAME = b"Last-Event-ID"
CURSORS: Mapping[str, tuple[bytes, ...]] = {
    "empty": (b"",),
    "8 KiB": (b"x" * 8192,),
    "UTF-8": ("é€😀".encode(),),
    "Latin-1": (b"\xe9\xff",),
    "quotes, blanks and commas": (b"\"a\" b,'c';`d`",),
    "percent-encoded NUL": (b"%00",),
    "negative": (b"-1",),
    "zero": (b"0",),
    "10^30": (b"1" + b"0" * 30,),
    "two fields": (b"1", b"2"),
}


def strange(subject: Subject) -> dict[str, Reading]:
    """The answer to each of CURSORS, a few at once. Raises Unjudged where any subscription fails."""
    channel = subject.channel()
    names = iter(CURSORS)
    answers: dict[str, Reading] = {}
    while batch := {name: _open(subject, channel, name) for name in islice(names, AT_ONCE)}:
        _await(subject, channel, [*batch.values()])
        for name, stream in batch.items():
            stream.close()
            answers[name] = Reading.of(stream.transcript)
    if any(reading.head is None or reading.head.status >= SERVER_ERROR for reading in answers.values()):
        _control(subject, channel)
    return answers


def _control(subject: Subject, channel: str) -> None:
    """Whether a subscription without a cursor fares any better. Raises Unjudged where it does not."""
    stream = subject.subscribe("no cursor", channel)
    _await(subject, channel, [stream])
    head = Reading.of(stream.transcript).head
    stream.close()
    if head is None or head.status >= SERVER_ERROR:
        told = f"gets {head.line}" if head else f"is not answered in {stream.lasted:.1f} s"
        reason = f"a cursor is not to blame: without one, too, a subscription {told}"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)


def _open(subject: Subject, channel: str, name: str) -> WireStream:
    fields = tuple((NAME, value) for value in CURSORS[name])
    return subject.subscribe(f"a cursor: {name}", channel, more=fields)


def _await(subject: Subject, channel: str, streams: list[WireStream]) -> None:
    """Until all are answered; a head that waits for an event gets one, since that is another row's matter."""
    for _ in range(PROMPTS if subject.can_publish else 0):
        if subject.wire.wait(lambda: all(map(_answered, streams)) or None, subject.head_seconds):
            return
        subject.publish(channel, Payload("x"))
    subject.wire.wait(lambda: all(map(_answered, streams)) or None, subject.head_seconds)


def _answered(stream: WireStream) -> bool:
    return stream.reading.head is not None or stream.ended
