"""What a server shows to a polite stranger: a stream watched, then two with a cursor. Passes no verdict."""

import secrets
from dataclasses import dataclass

from conformance.captures.quiet import Quiet, QuietStream
from conformance.eventstream import Block
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.target import Target
from conformance.verdict import Unjudged, Verdict
from conformance.wire import Wire

__all__ = ["Probe", "probe"]

PATIENCE_SECONDS = 2.0  # for whatever a cursor brings
OK = 200


@dataclass(frozen=True, slots=True)
class Probe:
    """What was seen.

    `ids` are those that came, in order. `replayed` tells whether a reader with the first of them got the
    second; None where fewer than two came, so that it could not be tried. `stranger` is what a reader with
    an id of nobody's got.
    """

    quiet: Quiet
    ids: tuple[str, ...]
    replayed: bool | None
    stranger: Reading

    @property
    def reading(self) -> Reading:
        """The first stream, from its head on."""
        return self.quiet.reading


def probe(target: Target) -> Probe:
    """Watch, and come back with two cursors. Raises Unjudged where there is no event stream."""
    with Wire() as wire:
        subject = Subject(target, wire, {}, secrets.token_hex(6))
        watched = QuietStream(subject)
        head = watched.opened().head
        if head is None or head.status != OK or head.media_type != "text/event-stream":
            got = f"{head.line}, {head.media_type or 'no Content-Type'}" if head else "no response head"
            raise Unjudged(Verdict.INCONCLUSIVE, f"there is no event stream: {got}")
        quiet = watched.watch()
        ids = tuple(dict.fromkeys(id_ for block in quiet.reading.blocks if (id_ := _id(block))))
        replayed = _replayed(subject, ids) if len(ids) > 1 else None
        return Probe(quiet, ids, replayed, _stranger(subject))


def _replayed(subject: Subject, ids: tuple[str, ...]) -> bool:
    with subject.visit() as visitor:
        stream = visitor.subscribe("a reader with a known id", visitor.channel(), cursor=ids[0])
        return stream.wait(lambda reading: _has(reading, ids[1]), PATIENCE_SECONDS) is not None


def _stranger(subject: Subject) -> Reading:
    with subject.visit() as visitor:
        cursor = secrets.token_hex(8)
        stream = visitor.subscribe("a reader with an unknown id", visitor.channel(), cursor=cursor)
        stream.wait(lambda reading: reading.complete or None, PATIENCE_SECONDS)
        return Reading.of(stream.transcript)


def _has(reading: Reading, id_: str) -> bool | None:
    return any(_id(block) == id_ for block in reading.blocks) or None


def _id(block: Block) -> str:
    return next((field.value for field in block.fields if field.name == "id"), "")
