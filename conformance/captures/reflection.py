"""Requests whose values would write lines wherever they are put without a look, and their answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.captures.audience import headed
from conformance.eventstream import Field, first_invalid_utf8
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.target.placeholders import names

__all__ = ["Reflection", "reflected", "reflection"]

MARK = "reflected-evil"
FIELD = "X-Reflected-Evil"
LINES = f"\r\n{FIELD}: 1\r\ndata: {MARK}\r\n\r\n"
OCTETS = b"a\xe9\xff\x80b"  # obs-text of RFC 9110, 5.5, and no UTF-8


@dataclass(frozen=True, slots=True)
class Reflection:
    """What was asked with, and the answer."""

    label: str
    reading: Reading


def reflection(subject: Subject) -> tuple[Reflection, ...]:
    """The answers to a channel and to cursors that hold what is no part of a line."""
    return tuple(_answers(subject))


def _answers(subject: Subject) -> Iterator[Reflection]:
    template, cursor = subject.target.subscribe, subject.target.cursor
    placed = names([template.path, template.url, template.query])
    if "channel" in placed:
        yield _asked(subject, "line ends in the channel", subject.channel() + LINES)
    if cursor is not None and cursor.query:
        label = f"line ends in the query's {cursor.query}"
        yield _asked(subject, label, subject.channel(), query_cursor="a" + LINES)
    more = ((b"Last-Event-ID", OCTETS),)
    yield _asked(subject, "a Last-Event-ID that is no UTF-8", subject.channel(), more=more)


def _asked(
    subject: Subject,
    label: str,
    channel: str,
    *,
    query_cursor: str | None = None,
    more: Sequence[tuple[bytes, bytes]] = (),
) -> Reflection:
    stream = subject.subscribe(label, channel, query_cursor=query_cursor, more=tuple(more))
    headed(subject, channel, stream)
    stream.wait(lambda reading: reading.complete or None, subject.latency_seconds)
    stream.close()
    return Reflection(label, Reading.of(stream.transcript))


def reflected(one: Reflection) -> tuple[str, int | None] | None:
    """What of the request stands in the answer as a line of its own, and where in the body; or None."""
    reading = one.reading
    if reading.head is None:
        return None
    if reading.head.all(FIELD):
        return f"the response has a header field {FIELD}", None
    if reading.head.media_type != "text/event-stream":
        return None
    for field in _fields(reading):
        if field.name == FIELD or (field.name == "data" and field.value == MARK):
            return f"the stream has a line {f'{field.name}: {field.value}'!r}", field.offset
    invalid = first_invalid_utf8(bytes(reading.body), final=False)
    return None if invalid is None else ("the stream has bytes that are no UTF-8", invalid)


def _fields(reading: Reading) -> Iterator[Field]:
    for block in reading.blocks:
        yield from block.fields
    if reading.unfinished:
        yield from reading.unfinished.fields
