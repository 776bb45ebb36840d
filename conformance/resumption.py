"""Readers leave, events are published, readers come back with cursors; a witness stays. Judges nothing."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.eventstream import Block
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Cursor", "Frames", "Resumption", "Unknown", "frames", "resume", "unknown"]

PUBLISHED = 5  # before the readers come back
SEEN = 2  # by the reader before it left
PATIENCE_SECONDS = 3.0  # beyond the latency budget, before an event counts as lost
MOST_FRAMES = 3  # whose ids are tried


@dataclass(frozen=True, slots=True)
class Cursor:
    """A reader that came back with an id."""

    id: str
    reading: Reading
    texts: tuple[str, ...]  # of our events, in the order in which it got them


@dataclass(frozen=True, slots=True)
class Resumption:
    """`texts` were published before the readers came back, `live` after their response heads."""

    texts: tuple[str, ...]
    live: str
    seen: int  # of `texts`, before the reader left
    middle: Cursor  # the reader that had left
    newest: Cursor
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A reader with an id that the server never gave. Both are empty where nothing can be published."""

    texts: tuple[str, ...]  # published before
    live: str  # published after its response head
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Frames:
    """Blocks that came before anything was published, and what resuming from their ids gave.

    `texts` were published afterwards, and the witness got them.
    """

    witness: Reading
    seen: tuple[Block, ...]
    with_ids: tuple[Block, ...]
    texts: tuple[str, ...] = ()
    cursors: tuple[tuple[Block, Cursor], ...] = ()


def resume(subject: Subject) -> Resumption:
    """A reader leaves in the middle and comes back; another has the newest id. Raises Unjudged."""
    channel = subject.channel()
    witness = _open(subject, "the witness", channel)
    leaver = _open(subject, "the reader that leaves", channel)
    texts = _texts(subject, "event", PUBLISHED)
    _publish(subject, channel, texts[:SEEN])
    _await(subject, [leaver], texts[SEEN - 1])
    leaver.close()
    _publish(subject, channel, texts[SEEN:])
    _await(subject, [witness], texts[-1])
    ids = _ids(subject, witness.reading, texts)
    middle = _open(subject, "the reader that came back", channel, ids[SEEN - 1])
    _await(subject, [middle], texts[-1])
    middle.close()  # a stranger is not asked for more streams at once than there must be
    newest = _open(subject, "a reader with the newest id", channel, ids[-1])
    (live,) = _texts(subject, "live", 1)
    _publish(subject, channel, [live])
    _await(subject, [witness, newest], live)
    if not subject.dispatched(live, witness.reading):
        raise Unjudged(Verdict.INCONCLUSIVE, "the witness was lost before the end")
    sent = [*texts, live]
    return Resumption(
        tuple(texts),
        live,
        SEEN,
        _cursor(subject, ids[SEEN - 1], middle, sent),
        _cursor(subject, ids[-1], newest, sent),
        channel,
    )


def unknown(subject: Subject, before: Resumption | None = None) -> Unknown:
    """Events are published, a reader comes with an id of nobody's, and one more is published.

    Those that were published `before` will do.
    """
    channel, id_ = before.channel if before else subject.channel(), secrets.token_hex(8)
    texts = [*before.texts, before.live] if before else _texts(subject, "before", SEEN)
    lives = _texts(subject, "after", 1)
    if not subject.can_publish:
        texts, lives = [], []
    if before is None:
        _publish(subject, channel, texts)
    reader = _open(subject, "a reader with an unknown id", channel, id_)
    _publish(subject, channel, lives)
    if lives:
        _await(subject, [reader], lives[0])
    else:
        reader.wait(lambda _: None, subject.latency_seconds)
    return Unknown(tuple(texts), "".join(lives), _cursor(subject, id_, reader, [*texts, *lives]))


def frames(subject: Subject, channel: str, witness: WireStream) -> Frames:
    """Resume from ids that came on a channel on which nothing was published yet. Raises Unjudged."""
    reading = Reading.of(witness.transcript)
    open_yet = [reading.unfinished] if reading.unfinished else []  # lines of comment need no blank line
    seen = tuple(block for block in [*reading.blocks, *open_yet] if block.fields)
    if not subject.isolated:  # events of others, or of other rows, are among them
        seen = tuple(block for block in seen if all(field.name != "data" for field in block.fields))
    carriers = {id_: block for block in seen if (id_ := _id(block)) is not None}
    chosen = dict([*carriers.items()][-MOST_FRAMES:])
    if not chosen or not subject.can_publish:
        return Frames(reading, seen, tuple(carriers.values()))
    texts = _texts(subject, "since", SEEN)
    _publish(subject, channel, texts)
    _await(subject, [witness], texts[-1])
    if not subject.dispatched(texts[-1], witness.reading):
        raise Unjudged(Verdict.INCONCLUSIVE, "the witness did not get an event that was published")
    cursors = []
    for id_, block in chosen.items():
        reader = _open(subject, "a reader with the id of a frame", channel, id_)
        _await(subject, [reader], texts[-1])
        reader.close()
        cursors.append((block, _cursor(subject, id_, reader, texts)))
    return Frames(reading, seen, tuple(carriers.values()), tuple(texts), tuple(cursors))


def _texts(subject: Subject, what: str, count: int) -> list[str]:
    return [f"{what}-{subject.nonce}-{number}." for number in range(count)]


def _cursor(subject: Subject, id_: str, stream: WireStream, texts: Sequence[str]) -> Cursor:
    found = (subject.payload(event.data) or "" for event in stream.reading.events)
    return Cursor(id_, Reading.of(stream.transcript), tuple(text for text in found if text in texts))


def _open(subject: Subject, label: str, channel: str, cursor: str | None = None) -> WireStream:
    stream = subject.subscribe(label, channel, cursor=cursor)
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    return stream


def _publish(subject: Subject, channel: str, texts: Sequence[str]) -> None:
    for text in texts:
        receipt = subject.publish(channel, Payload(text))
        if not receipt.accepted:
            raise Unjudged(Verdict.INCONCLUSIVE, f"an event could not be published: {receipt.text}")


def _await(subject: Subject, streams: Sequence[WireStream], text: str) -> None:
    """Until each has the event, or has ended; or until patience ends."""

    def all_there() -> bool | None:
        there = [subject.dispatched(text, stream.reading) or stream.ended for stream in streams]
        return True if all(there) else None

    streams[0].wire.wait(all_there, subject.latency_seconds + PATIENCE_SECONDS)


def _ids(subject: Subject, witness: Reading, texts: Sequence[str]) -> list[str]:
    """The id of each event. Raises Unjudged where the witness lacks one."""
    blocks = {block.end: block for block in witness.blocks}
    found = {subject.payload(event.data): _id(blocks[event.end]) for event in witness.events}
    missing = [text for text in texts if text not in found]
    if missing:
        reason = f"the witness got {len(texts) - len(missing)} of {len(texts)} events that were published"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)
    ids = [found[text] or "" for text in texts]
    if not all(ids):
        raise Unjudged(Verdict.INCONCLUSIVE, "events came without an id, so there is nothing to resume from")
    return ids


def _id(block: Block) -> str | None:
    found = [field.value for field in block.fields if field.name == "id"]
    return found[-1] if found else None
