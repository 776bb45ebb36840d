"""One channel of the server under test, to publish on, and to read from with or without a cursor."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from conformance.captures.audience import accepted_by
from conformance.eventstream import Block
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["PATIENCE_SECONDS", "Channel", "Cursor", "id_of"]

PATIENCE_SECONDS = 3.0  # beyond the latency budget, before an event counts as lost
MUCH_BYTES = 16 * 1024  # in that time: somebody is slow, and at work
AT_ONCE = 8  # publications, where their order does not matter
LONGEST_SECONDS = 10.0  # that a capture may spend on publishing


@dataclass(frozen=True, slots=True)
class Cursor:
    """A reader that came with an id, or without one (""): what it got of our events, in its order."""

    id: str
    reading: Reading
    texts: tuple[str, ...]
    ids: tuple[str, ...] = ()  # of those events; "" for one without
    places: tuple[int, ...] = ()  # where they begin in the body


class Channel:
    """One that nobody else knows, unless it is named."""

    def __init__(self, subject: Subject, name: str = "") -> None:
        self.subject = subject
        self.name = name or subject.channel()

    def texts(self, what: str, count: int, padding: int = 0) -> list[str]:
        """Payloads that occur nowhere else in the run, each of about `padding` bytes."""
        return [f"{what}-{self.subject.nonce}-{number}.".ljust(padding, ".") for number in range(count)]

    def afford(self, events: int) -> None:
        """Raises Unjudged where so many publications are too much for a stranger, or take too long."""
        seconds = events * self.subject.pause_seconds
        if not self.subject.unrationed:
            told = f"politeness: needs {events} publications; the target can allow them"
            raise Unjudged(Verdict.SKIP, told)
        if seconds > LONGEST_SECONDS:
            told = f"needs-slow: {events} publications take {seconds:.0f} s at publish.max_rate"
            raise Unjudged(Verdict.SKIP, told)

    def publish(self, texts: Sequence[str]) -> None:
        """One after the other. Raises Unjudged where one is refused."""
        for text in texts:
            accepted_by(self.subject, self.name, text)

    def publish_many(self, texts: Sequence[str]) -> None:
        """A few at once, so in no order. Raises Unjudged where one is refused."""
        with ThreadPoolExecutor(AT_ONCE, "publisher") as pool:
            tuple(pool.map(lambda text: self.publish([text]), texts))  # raises what any of them raised

    def open(self, label: str, cursor: str | None = None, **how: Any) -> WireStream:
        """A subscription that has its head, if that comes in time. `how` goes to Subject.subscribe."""
        stream = self.subject.subscribe(label, self.name, cursor=cursor, **how)
        if stream.reads:
            stream.wait(lambda reading: reading.head, self.subject.head_seconds)
        return stream

    def until(self, streams: Sequence[WireStream], text: str) -> None:
        """Until each has that event, or has ended; or until patience ends, but not while much is coming."""
        left = [(stream, [0]) for stream in streams]

        def all_there() -> bool | None:
            left[:] = [one for one in left if not (self._there(*one, text) or one[0].ended)]
            return True if not left else None

        seconds = self.subject.latency_seconds + PATIENCE_SECONDS
        came, before = _size(streams), -MUCH_BYTES
        while came - before >= MUCH_BYTES and not streams[0].wire.wait(all_there, seconds):
            came, before = _size(streams), came

    def _there(self, stream: WireStream, looked_at: list[int], text: str) -> bool:
        """Whether the event is among those that were not looked at yet."""
        events = stream.reading.events
        begin, looked_at[0] = looked_at[0], len(events)
        return any(self.subject.payload(event.data) == text for event in events[begin:])

    def got(self, stream: WireStream, texts: Collection[str], id_: str = "") -> Cursor:
        """What a reader got of `texts` so far."""
        reading = stream.reading if stream.closed else Reading.of(stream.transcript)
        known = set(texts)
        blocks = {block.end: block for block in reading.blocks}
        found = [(self.subject.payload(event.data) or "", blocks[event.end]) for event in reading.events]
        ours = [(text, id_of(block) or "", block.begin) for text, block in found if text in known]
        texts, ids, places = zip(*ours, strict=True) if ours else ((), (), ())
        return Cursor(id_, reading, texts, ids, places)

    def ids(self, witness: WireStream, texts: Sequence[str]) -> list[str]:
        """The id that each event had for the witness. Raises Unjudged where it lacks one."""
        seen = self.got(witness, texts)
        found = dict(zip(seen.texts, seen.ids, strict=True))
        if len(found) < len(texts):
            reason = f"the witness got {len(found)} of {len(texts)} events that were published"
            raise Unjudged(Verdict.INCONCLUSIVE, reason)
        if not all(found.values()):
            reason = "events came without an id, so there is nothing to resume from"
            raise Unjudged(Verdict.INCONCLUSIVE, reason)
        return [found[text] for text in texts]


def _size(streams: Sequence[WireStream]) -> int:
    return sum(len(stream.reading.body) for stream in streams)


def id_of(block: Block) -> str | None:
    """The id that a block sets; the last one counts."""
    found = [field.value for field in block.fields if field.name == "id"]
    return found[-1] if found else None
