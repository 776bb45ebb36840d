"""Readers leave, events are published, readers come back with cursors; a witness stays. Judges nothing."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.captures.channel import Channel, Cursor
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict

__all__ = [
    "SPELLINGS",
    "Cursor",
    "First",
    "Queried",
    "Resumption",
    "Unknown",
    "first",
    "queried",
    "resume",
    "spelled",
    "unknown",
]

# Each reader comes with an id of its own, so that a server that remembers ids fails one row and not all
PUBLISHED = 8  # before the readers come back
READERS = 4
SEEN = 2  # by the reader before it left
SPELLINGS = {b"last-event-id": 0, b"LAST-EVENT-ID": 2, b"lAsT-eVeNt-Id": 3}  # and which event's id is sent
BY_QUERY, BY_HEADER_OF_BOTH, BY_QUERY_OF_BOTH = 4, 5, 6
BEFORE = 5  # events, ahead of a first connect


@dataclass(frozen=True, slots=True)
class Resumption:
    """`texts` were published before the readers came back, `live` after their response heads.

    The witness was there all the time and got them all, with these `ids`.
    """

    texts: tuple[str, ...]
    live: str
    seen: int  # of `texts`, before the reader left
    ids: tuple[str, ...]
    witness: Cursor
    leaver: Cursor  # the reader before it left
    middle: Cursor  # after it had come back
    newest: Cursor
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A reader with an id that the server never gave. Both are empty where nothing can be published."""

    texts: tuple[str, ...]  # published before
    live: str  # published after its response head
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Queried:
    """Readers with ids of `texts`, by number, in the query; one of them with another in the header too."""

    texts: tuple[str, ...]
    asked: int
    alone: Cursor
    query: int = 0
    header: int = 0
    both: Cursor | None = None


@dataclass(frozen=True, slots=True)
class First:
    """A reader without a cursor. `texts` were published before it came, `live` after its response head."""

    texts: tuple[str, ...]
    live: str
    reader: Cursor


def resume(subject: Subject) -> Resumption:
    """A reader leaves in the middle and comes back; another has the newest id. Raises Unjudged."""
    subject.afford(READERS + PUBLISHED + 1)
    channel = Channel(subject)
    witness = channel.open("the witness")
    leaver = channel.open("the reader that leaves")
    texts = channel.texts("event", PUBLISHED)
    channel.publish(texts[:SEEN])
    channel.until([leaver], texts[SEEN - 1])
    leaver.close()
    channel.publish(texts[SEEN:])
    channel.until([witness], texts[-1])
    ids = channel.ids(witness, texts)
    middle = channel.open("the reader that came back", ids[SEEN - 1])
    channel.until([middle], texts[-1])
    middle.close()  # a stranger is not asked for more streams at once than there must be
    newest = channel.open("a reader with the newest id", ids[-1])
    (live,) = channel.texts("live", 1)
    channel.publish([live])
    channel.until([witness, newest], live)
    if not subject.dispatched(live, witness.reading):
        raise Unjudged(Verdict.INCONCLUSIVE, "the witness was lost before the end")
    sent = [*texts, live]
    return Resumption(
        tuple(texts),
        live,
        SEEN,
        tuple(ids),
        channel.got(witness, sent),
        channel.got(leaver, sent),
        channel.got(middle, sent, ids[SEEN - 1]),
        channel.got(newest, sent, ids[-1]),
        channel.name,
    )


def spelled(subject: Subject, before: Resumption) -> Mapping[bytes, Cursor]:
    """Readers that write the field's name in other ways, each with an id of what was published `before`."""
    channel, sent = Channel(subject, before.channel), [*before.texts, before.live]
    readers = {}
    for name, number in SPELLINGS.items():
        id_ = before.ids[number]
        reader = channel.open(f"a reader that sends {name.decode()}", more=((name, id_.strip().encode()),))
        channel.until([reader], before.live)
        reader.close()
        readers[name] = channel.got(reader, sent, id_)
    return readers


def queried(subject: Subject, before: Resumption) -> Queried:
    """Readers that put an id into the query: alone, and beside another one in the header."""
    channel, sent = Channel(subject, before.channel), [*before.texts, before.live]
    ids = before.ids

    def by_query(label: str, query: int, header: int | None) -> Cursor:
        sent_by_header = None if header is None else ids[header]
        reader = channel.open(label, sent_by_header, query_cursor=ids[query])
        channel.until([reader], before.live)
        reader.close()
        return channel.got(reader, sent, ids[query])

    alone = by_query("a reader with an id in the query", BY_QUERY, None)
    if subject.target.cursor is None or subject.target.cursor.header is False:
        return Queried(tuple(sent), BY_QUERY, alone)
    label = "a reader with one id in the query, another in the header"
    both = by_query(label, BY_QUERY_OF_BOTH, BY_HEADER_OF_BOTH)
    return Queried(tuple(sent), BY_QUERY, alone, BY_QUERY_OF_BOTH, BY_HEADER_OF_BOTH, both)


def unknown(subject: Subject, before: Resumption | None = None) -> Unknown:
    """Events are published, a reader comes with an id of nobody's, and one more is published.

    Those that were published `before` will do.
    """
    channel, id_ = Channel(subject, before.channel if before else ""), secrets.token_hex(8)
    texts = [*before.texts, before.live] if before else channel.texts("before", SEEN)
    lives = channel.texts("after", 1)
    if not subject.can_publish:
        texts, lives = [], []
    if before is None:
        channel.publish(texts)
    reader = channel.open("a reader with an unknown id", id_)
    channel.publish(lives)
    if lives:
        channel.until([reader], lives[0])
    else:
        reader.wait(lambda _: None, subject.latency_seconds)
    return Unknown(tuple(texts), "".join(lives), channel.got(reader, [*texts, *lives], id_))


def first(subject: Subject) -> First:
    """A reader without a cursor comes to a channel that has a history. Raises Unjudged."""
    subject.afford(BEFORE + 2)
    channel = Channel(subject)
    texts = channel.texts("history", BEFORE)
    channel.publish(texts)
    reader = channel.open("a first connect")
    (live,) = channel.texts("live", 1)
    channel.publish([live])
    channel.until([reader], live)
    return First(tuple(texts), live, channel.got(reader, [*texts, live]))
