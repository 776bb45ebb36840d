"""Every body that a run captured, judged by the grammar. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from conformance.checks.judge import broken, inconclusive, met
from conformance.eventstream import Block, Event
from conformance.grammar import Finding
from conformance.reading import Reading
from conformance.target import Target
from conformance.verdict import Judgement

__all__ = ["Bodies", "carriers", "grammatical", "merged", "named", "retries"]

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Bodies:
    """Streams, and texts of which each was published as an event of its own."""

    readings: tuple[Reading, ...]
    texts: tuple[str, ...] = ()
    written: tuple[tuple[int, int], ...] = ()  # where, in the last one, payloads may have written lines

    @property
    def size(self) -> int:
        """Bytes of all bodies."""
        return sum(len(reading.body) for reading in self.readings)


def grammatical(row: str, bodies: Bodies, expected: str, *, but_written: bool = False) -> Judgement:
    """Whether the grammar has nothing to say for `row` in any of the bodies.

    With `but_written` not in what payloads may have written: that is for the rows that published them.
    """
    if not bodies.size:
        return inconclusive("not one byte of a body came")
    for reading in bodies.readings:
        spans = _spans(bodies, reading) if but_written else ()
        found = [one for one in reading.findings if one.row_id == row and not _within(one.offset, spans)]
        if found:
            return broken(expected, _told(found), reading, at=found[0].offset)
    lines = sum(len(block.fields) + 1 for reading in bodies.readings for block in reading.blocks)
    return met(f"{lines} lines, {bodies.size} bytes, in {len(bodies.readings)} streams")


def merged(bodies: Bodies) -> tuple[Reading, Block] | None:
    """A block that holds more than one of the texts: nothing closed the first of those events."""
    for reading in bodies.readings:
        for block in [*reading.blocks, *([reading.unfinished] if reading.unfinished else [])]:
            values = [field.value for field in block.fields if field.name]
            if sum(any(text in value for value in values) for text in bodies.texts) > 1:
                return reading, block
    return None


def carriers(bodies: Bodies, target: Target) -> list[tuple[Reading, Block]]:
    """The blocks of events: of those that we published; or of all, where nothing can be published.

    Those that the target declares to be greetings, heartbeats or noise are none.
    """
    declared = {frame.event for frame in (*target.subscribe.greeting, *target.subscribe.ignore)}
    if target.heartbeat is not None:
        declared.add(target.heartbeat.kind.removeprefix("event:"))
    return [
        (reading, block)
        for reading in bodies.readings
        for block in reading.blocks
        if _carries(block, bodies.texts)
        and not any(field.name == "event" and field.value in declared for field in block.fields)
    ]


def named(bodies: Bodies, names: Collection[str]) -> Iterator[tuple[Reading, Event]]:
    """Events of these types, wherever they came from."""
    for reading in bodies.readings:
        yield from ((reading, event) for event in reading.events if event.type in names)


def retries(bodies: Bodies) -> list[str]:
    """The values of all retry lines, but for those that payloads may have written."""
    return [
        field.value
        for reading in bodies.readings
        for block in reading.blocks
        for field in block.fields
        if field.name == "retry" and not _within(field.offset, _spans(bodies, reading))
    ]


def _carries(block: Block, texts: Sequence[str]) -> bool:
    values = [field.value for field in block.fields if field.name == "data"]
    return any(not texts or any(text in value for text in texts) for value in values)


def _spans(bodies: Bodies, reading: Reading) -> Sequence[tuple[int, int]]:
    return bodies.written if reading is bodies.readings[-1] else ()


def _within(offset: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(begin <= offset < end for begin, end in spans)


def _told(found: Sequence[Finding]) -> str:
    told = "; ".join(f"{one.text} (byte {one.offset})" for one in found[:MOST_SHOWN])
    more = len(found) - MOST_SHOWN
    return f"{told}; and {more} more" if more > 0 else told
