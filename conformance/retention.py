"""The edge of what a server retains: resumes from just inside it, and from beyond. Judges nothing.

Other captures would be pushed out of the history by what is published here, so this one runs alone.
"""

from dataclasses import dataclass

from conformance.channel import Channel, Cursor
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = ["Retention", "retain"]

MOST_EVENTS = 3000  # that are published to see one evicted
BEYOND = 10  # one in so many of the declared number, for servers that evict in lumps


@dataclass(frozen=True, slots=True)
class Retention:
    """Two readers with the id of one event: after `count` more, and after `beyond` more besides.

    `texts` are what followed that event; `live` came after the second reader's response head.
    """

    count: int
    texts: tuple[str, ...]
    live: str
    inside: Cursor
    outside: Cursor


def retain(subject: Subject) -> Retention:
    """Publish as much as the target declares to retain, and then more. Raises Unjudged."""
    count = _declared(subject)
    beyond = max(BEYOND, count // BEYOND)
    channel = Channel(subject)
    channel.afford(count + beyond + 2)
    witness = channel.open("the witness")
    texts = channel.texts("kept", 1 + count + beyond)
    channel.publish(texts[:1])
    channel.until([witness], texts[0])
    (first,) = channel.ids(witness, texts[:1])
    channel.publish(texts[1 : count + 1])
    inside = channel.open("a reader with the oldest id that is retained", first)
    channel.until([witness, inside], texts[count])
    inside.close()
    channel.publish(texts[count + 1 :])
    channel.until([witness], texts[-1])
    channel.ids(witness, texts)  # which shows that they all exist
    outside = channel.open("a reader with an id that is retained no more", first)
    (live,) = channel.texts("live", 1)
    channel.publish([live])
    channel.until([outside], live)
    kept = channel.got(inside, texts[1 : count + 1], first)
    return Retention(count, tuple(texts[1:]), live, kept, channel.got(outside, [*texts, live], first))


def _declared(subject: Subject) -> int:
    declared = subject.target.cursor.retention if subject.target.cursor else None
    if declared is None or declared.count is None:
        raise Unjudged(Verdict.NOT_APPLICABLE, "declared-absent")
    if declared.count > MOST_EVENTS:
        told = f"needs-slow: {declared.count} events would have to be published, and {MOST_EVENTS} may be"
        raise Unjudged(Verdict.SKIP, told)
    return declared.count
