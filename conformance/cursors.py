"""Cursors that no server has handed out, each sent as `Last-Event-ID`. Waits; judges nothing."""

from collections.abc import Mapping
from itertools import islice

from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.wire import WireStream

__all__ = ["CURSORS", "strange"]

AT_ONCE = 2  # beside the quiet subscription, that is what a stranger is asked for
NAME = b"Last-Event-ID"
CURSORS: Mapping[str, tuple[bytes, ...]] = {
    "empty": (b"",),
    "8 KiB": (b"x" * 8192,),
    "2 KiB": (b"x" * 2048,),
    "UTF-8": ("é€😀".encode(),),
    "Latin-1": (b"\xe9\xff",),
    "quotes": (b"\"'`",),
    "percent-encoded NUL": (b"%00",),
    "negative": (b"-1",),
    "zero": (b"0",),
    "10^30": (b"1" + b"0" * 30,),
    "blanks and commas": (b"a b,c;d",),
    "two fields": (b"1", b"2"),
}


def strange(subject: Subject) -> dict[str, Reading]:
    """The answer to each of CURSORS, a few at once."""
    channel = subject.channel()
    names = iter(CURSORS)
    answers: dict[str, Reading] = {}
    while batch := {name: _open(subject, channel, name) for name in islice(names, AT_ONCE)}:
        _await(subject, [*batch.values()])
        if subject.can_publish and not all(map(_answered, batch.values())):
            subject.publish(channel, Payload("x"))  # a head that waits for an event is another row's matter
            _await(subject, [*batch.values()])
        for name, stream in batch.items():
            stream.close()
            answers[name] = Reading.of(stream.transcript)
    return answers


def _open(subject: Subject, channel: str, name: str) -> WireStream:
    fields = tuple((NAME, value) for value in CURSORS[name])
    return subject.subscribe(f"a cursor: {name}", channel, more=fields)


def _await(subject: Subject, streams: list[WireStream]) -> None:
    subject.wire.wait(lambda: all(map(_answered, streams)) or None, subject.head_seconds)


def _answered(stream: WireStream) -> bool:
    return stream.reading.head is not None or stream.ended
