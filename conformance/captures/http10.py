"""A client that speaks HTTP/1.0, as some proxies do to their servers. Waits; judges nothing."""

from functools import partial

from conformance.ask import Ask
from conformance.captures.answers import answers
from conformance.captures.ending import whole
from conformance.reading import Reading
from conformance.subject import Subject

__all__ = ["http10"]

LABEL = "a client of HTTP/1.0"


def http10(subject: Subject) -> Reading:
    """The answer: to its end, where the target has streams that end by themselves. Raises Unjudged."""
    channel = subject.channel()
    if subject.target.subscribe.ends:
        stream, _ = whole(subject, channel, LABEL, version="1.0")
        return Reading.of(stream.transcript)
    opener = partial(subject.subscribe, channel=channel, ask=Ask(version="1.0"))
    return answers(subject, channel, {LABEL: opener})[LABEL]
