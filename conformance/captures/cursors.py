"""Cursors that no server has handed out, each sent as `Last-Event-ID`. Waits; judges nothing."""

from collections.abc import Mapping
from functools import partial

from conformance.captures.answers import answers
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["CURSORS", "strange"]

SERVER_ERROR = 500
LABEL = "no cursor"
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
    """The answer to each of CURSORS. Raises Unjudged where any subscription fails."""
    subject.afford(len(CURSORS))
    channel = subject.channel()
    openers = {
        f"a cursor: {name}": partial(
            subject.subscribe, channel=channel, more=tuple((NAME, value) for value in values)
        )
        for name, values in CURSORS.items()
    }
    found = answers(subject, channel, openers)
    if any(reading.head is None or reading.head.status >= SERVER_ERROR for reading in found.values()):
        _control(subject, channel)
    return found


def _control(subject: Subject, channel: str) -> None:
    """Whether a subscription without a cursor fares any better. Raises Unjudged where it does not."""
    reading = answers(subject, channel, {LABEL: partial(subject.subscribe, channel=channel)})[LABEL]
    if reading.head is None or reading.head.status >= SERVER_ERROR:
        lasted = f"is not answered in {reading.transcript.lasted:.1f} s"
        told = f"gets {reading.head.line}" if reading.head else lasted
        reason = f"a cursor is not to blame: without one, too, a subscription {told}"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)
