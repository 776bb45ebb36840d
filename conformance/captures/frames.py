"""Ids of blocks that are no events, such as greetings, each tried as a cursor. Judges nothing."""

from dataclasses import dataclass

from conformance.captures.channel import Channel, Cursor, id_of
from conformance.eventstream import Block
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Frames", "frames"]

SINCE = 2  # events that are published after those blocks
MOST_FRAMES = 3  # whose ids are tried


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


def frames(subject: Subject, channel: str, witness: WireStream) -> Frames:
    """Resume from ids that came on a channel on which nothing was published yet. Raises Unjudged."""
    reading = Reading.of(witness.transcript)
    open_yet = [reading.unfinished] if reading.unfinished else []  # lines of comment need no blank line
    seen = tuple(block for block in [*reading.blocks, *open_yet] if block.fields)
    if not subject.isolated:  # events of others, or of other rows, are among them
        seen = tuple(block for block in seen if all(field.name != "data" for field in block.fields))
    carriers = {id_: block for block in seen if (id_ := id_of(block)) is not None}
    chosen = dict([*carriers.items()][-MOST_FRAMES:])
    if not chosen or not subject.can_publish:
        return Frames(reading, seen, tuple(carriers.values()))
    told = Channel(subject, channel)
    texts = told.texts("since", SINCE)
    told.publish(texts)
    told.until([witness], texts[-1])
    if not subject.dispatched(texts[-1], witness.reading):
        raise Unjudged(Verdict.INCONCLUSIVE, "the witness did not get an event that was published")
    cursors = []
    for id_, block in chosen.items():
        reader = told.open("a reader with the id of a frame", id_)
        told.until([reader], texts[-1])
        reader.close()
        cursors.append((block, told.got(reader, texts, id_)))
    return Frames(reading, seen, tuple(carriers.values()), tuple(texts), tuple(cursors))
