"""Connections cut at exact bytes, and what a reader gets that comes back then. Judges nothing.

What a reader has dispatched, and so the id that it comes back with, follows from the standard's own rules: a
block that no blank line has closed is thrown away, its id line included (HTML 9.2.6).
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, product

from conformance.captures.channel import Channel, Cursor
from conformance.eventstream import Block
from conformance.peer import STALLED, Manner
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Chain", "Cut", "chain", "cuts"]

WAYS = {"a FIN": False, "a reset": True}
PAUSED = Manner(paused=True)
CHARACTER = "😀".encode()
LONG_BYTES = 256 * 1024  # more than a stalled connection and most servers' own buffers hold
PEEP_BYTES = 1024  # of the long event, before it is cut
CUTS = 10
AWAY, HERE = 2, 2  # events before and after each connect
SHORTEST_HEAD = 16  # bytes: shorter than a head, and than a head's end with an event behind it


@dataclass(frozen=True, slots=True)
class Cut:
    """A reader that was cut inside the event `text`, and then came back with the id of the one before it.

    It was not `reached` where the event did not come up to that byte, as it had come to the witness.
    """

    text: str
    where: str
    how: str
    reached: bool
    before: Reading
    back: Cursor


@dataclass(frozen=True, slots=True)
class Chain:
    """A reader that was cut again and again, and came back each time with the last id that it had.

    `texts` is what it is to get, over all its connections; `got` what it got, in order.
    """

    texts: tuple[str, ...]
    got: tuple[str, ...]
    readings: tuple[Reading, ...]


def cuts(subject: Subject) -> tuple[Cut, ...]:
    """Cut readers at each place and in each way, until one is not given the event again. Raises Unjudged."""
    channel = Channel(subject)
    witness = channel.open("the witness")
    before, wide, long, after = channel.texts("cut", 4)
    most = subject.target.publish.max_bytes if subject.target.publish else None
    wide, long = wide + CHARACTER.decode(), long.ljust(min(LONG_BYTES, most or LONG_BYTES), ".")
    texts = [before, wide, long, after]
    channel.publish(texts)
    channel.until([witness], after)
    ids = dict(zip(texts, channel.ids(witness, texts), strict=True))
    block = _block(subject, witness.reading, wide)
    found = []
    for (where, begun), (how, reset) in product(_places(witness.reading, block), WAYS.items()):
        reader = channel.open(f"a reader that is cut {where}", ids[before], manner=PAUSED)
        found.append(_cut(channel, reader, _until(begun), (wide, ids[before]), (where, how, reset)))
        if wide not in found[-1].back.texts:
            return tuple(found)
    for how, reset in WAYS.items():
        reader = channel.open("a reader that is cut in a long event", ids[wide], manner=STALLED)
        where = "in a long event that the server is still writing"
        found.append(_cut(channel, reader, _first(PEEP_BYTES), (long, ids[wide]), (where, how, reset)))
    return tuple(found)


def chain(subject: Subject) -> Chain:
    """Ten connections, each cut a random number of bytes behind an event; and a last one. Raises Unjudged."""
    channel = Channel(subject)
    witness = channel.open("the witness")
    numbers, chance = count(), random.Random(f"{subject.nonce} chain")
    sent: list[str] = []

    def publish(many: int) -> None:
        texts = [f"link-{subject.nonce}-{next(numbers)}." for _ in range(many)]
        channel.publish(texts)
        sent.extend(texts)

    publish(1)
    channel.until([witness], sent[0])
    (last,) = channel.ids(witness, sent)
    block = _block(subject, witness.reading, sent[0])
    event_bytes = block.end - block.begin
    got: list[str] = []
    readings = []
    for number in range(CUTS):
        publish(AWAY)
        reader = channel.open(f"connection {number + 1} of a reader that is cut", last, manner=PAUSED)
        publish(HERE)
        reader.read(_behind_one(chance.randrange(1, AWAY * event_bytes)), subject.latency_seconds)
        reader.close(reset=bool(number % 2))
        got += channel.got(reader, sent).texts
        last = reader.reading.last_event_id or last
        readings.append(reader.reading)
    reader = channel.open("the last connection of a reader that was cut", last)
    publish(1)
    channel.until([reader], sent[-1])
    got += channel.got(reader, sent).texts
    return Chain(tuple(sent[1:]), tuple(got), (*readings, Reading.of(reader.transcript)))


def _cut(
    channel: Channel,
    reader: WireStream,
    missing: Callable[[Reading], int],
    event: tuple[str, str],
    place: tuple[str, str, bool],
) -> Cut:
    """Read `reader` up to a byte, cut it, and come back with the id before `event`."""
    (text, cursor), (where, how, reset) = event, place
    subject = channel.subject
    reached = reader.read(missing, subject.head_seconds + subject.latency_seconds)
    reader.close(reset=reset)
    back = channel.open(f"the reader that was cut {where}, by {how}", cursor)
    channel.until([back], text)
    back.close()
    return Cut(text, where, how, reached, reader.reading, channel.got(back, [text], cursor))


def _block(subject: Subject, reading: Reading, text: str) -> Block:
    """The block in which `text` came. Raises Unjudged where it did not."""
    ends = {event.end for event in reading.events if subject.payload(event.data) == text}
    for block in reading.blocks:
        if block.end in ends:
            return block
    raise Unjudged(Verdict.INCONCLUSIVE, "the witness did not get an event that was published")


def _places(reading: Reading, block: Block) -> Iterator[tuple[str, bytes]]:
    """Where to cut, and the bytes of the block up to there."""
    raw = bytes(reading.body[block.begin : block.end])
    line = next(field.offset for field in block.fields if field.name == "id") - block.begin
    end = next((at for at in range(line, len(raw)) if raw[at] in b"\r\n"), len(raw))
    yield "inside the id line", raw[: end - 1]
    if raw[end : end + 2] == b"\r\n":
        yield "between CR and LF", raw[: end + 1]
    yield "behind the id line", raw[: end + (2 if raw[end : end + 2] == b"\r\n" else 1)]
    if CHARACTER in raw:
        yield "inside a character", raw[: raw.index(CHARACTER) + 2]
    yield "in front of the byte that closes the event", raw[:-1]


def _until(begun: bytes) -> Callable[[Reading], int]:
    """How many bytes it takes at least until a body ends with `begun`."""

    def missing(reading: Reading) -> int:
        overlaps = (size for size in range(len(begun), 0, -1) if reading.body.endswith(begun[:size]))
        return len(begun) - next(overlaps, 0)

    return missing


def _behind_one(size: int) -> Callable[[Reading], int]:
    """How many bytes it takes at least until there are `size` behind the first event."""

    def missing(reading: Reading) -> int:
        if not reading.events:
            return 1 if reading.head else SHORTEST_HEAD
        return reading.events[0].end + size - len(reading.body)

    return missing


def _first(size: int) -> Callable[[Reading], int]:
    """How many bytes it takes until there are `size` of the body."""
    return lambda reading: size - len(reading.body)
