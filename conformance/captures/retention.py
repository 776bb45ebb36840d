"""An id that a server has evicted, and what a reader gets that comes with it. Judges nothing.

Other captures would be pushed out of the history by what is published here, so this one runs alone. Its id is
from early in the run: where all channels share one history, most of what it takes was published already.
"""

from dataclasses import dataclass

from conformance.captures.channel import Channel, Cursor
from conformance.captures.resumption import Resumption
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["Retention", "retain"]

MOST_EVENTS = 3000  # that are published to see one evicted
BEYOND = 10  # one in so many of the declared number, for servers that evict in lumps
STEP = 200  # events between one try and the next


@dataclass(frozen=True, slots=True)
class Retention:
    """A reader with an old id. `texts` followed that event; `live` came after the reader's response head.

    Once it lacked any of `texts` no more was published; at most `count`, the declared number, and some more.
    """

    count: int
    texts: tuple[str, ...]
    live: str
    reader: Cursor


def retain(subject: Subject, before: Resumption) -> Retention:
    """Publish until an id of what was published `before` is evicted. Raises Unjudged."""
    count = _declared(subject)
    most = count + max(BEYOND, count // BEYOND)
    channel, cursor = Channel(subject, before.channel), before.ids[0]
    channel.afford(most)
    fillers = channel.texts("filler", most)
    texts = [*before.texts[1:], before.live]
    for begin in range(0, most, STEP):
        found = _tried(channel, cursor, texts, begin)
        if not set(texts) <= set(found.texts):
            break
        channel.publish_many(fillers[begin : begin + STEP])
        texts += fillers[begin : begin + STEP]
    else:
        begin = most
        found = _tried(channel, cursor, texts, begin)
    return Retention(count, tuple(texts), _live(channel, begin), found)


def _tried(channel: Channel, cursor: str, texts: list[str], number: int) -> Cursor:
    """Come with the id, and publish one more event."""
    reader = channel.open("a reader with an old id", cursor)
    live = _live(channel, number)
    channel.publish([live])
    channel.until([reader], live)
    reader.close()
    return channel.got(reader, [*texts, live], cursor)


def _live(channel: Channel, number: int) -> str:
    return f"since-{channel.subject.nonce}-{number}."


def _declared(subject: Subject) -> int:
    declared = subject.target.cursor.retention if subject.target.cursor else None
    if declared is None or declared.count is None:
        raise Unjudged(Verdict.NOT_APPLICABLE, "declared-absent")
    if declared.count > MOST_EVENTS:
        told = f"needs-slow: {declared.count} events would have to be published, and {MOST_EVENTS} may be"
        raise Unjudged(Verdict.SKIP, told)
    return declared.count
