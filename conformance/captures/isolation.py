"""Two channels, or two principals, and whether events of one come to readers of the other. Judges nothing."""

from dataclasses import dataclass
from uuid import uuid4

from conformance.ask import PLAIN, Ask
from conformance.captures.channel import Channel, Cursor
from conformance.subject import Subject
from conformance.target.request import channel_name
from conformance.verdict import Unjudged, Verdict

__all__ = ["Isolation", "borrow", "isolate"]

OTHER = "other"  # of [auth]
CANARIES = 2  # on each channel


@dataclass(frozen=True, slots=True)
class Isolation:
    """`first` reads one channel, `second` another, whose name begins with that of the first.

    Where the target names a second principal, `second` is that one. `theirs` are the texts of the second
    channel; there is none where both read the only channel there is.
    """

    between: str
    channels: tuple[str, str]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    first: Cursor
    second: Cursor


def isolate(subject: Subject) -> Isolation:
    """Publish on both channels while both are read. Raises Unjudged where nothing sets two readers apart."""
    other = OTHER in subject.target.auth
    if not subject.isolated and not other:
        raise Unjudged(Verdict.NOT_APPLICABLE, "single-channel")
    uuid = uuid4().hex
    names = channel_name(subject.target, uuid), channel_name(subject.target, f"{uuid}0")
    here, there = (Channel(subject, name) for name in names)
    first = here.open("a reader of one channel")
    second = there.open("a reader of another channel", ask=_asked(subject))
    mine = here.texts("canary", CANARIES)
    theirs = there.texts("other-canary", CANARIES) if subject.isolated else []
    for number in range(CANARIES):  # by turns, so that each one has the other's behind it
        here.publish(mine[number : number + 1])
        there.publish(theirs[number : number + 1])
    here.until([first], mine[-1])
    if theirs:
        there.until([second], theirs[-1])
    second.wait(lambda _: None, subject.latency_seconds)
    both = [*mine, *theirs]
    between = " and ".join(["two channels"] * subject.isolated + ["two principals"] * other)
    found = here.got(first, both), there.got(second, both)
    return Isolation(between, names, tuple(mine), tuple(theirs), *found)


def borrow(subject: Subject, before: Isolation) -> tuple[Cursor, str]:
    """Resume on the second channel with an id of the first, and publish there. Raises Unjudged.

    Returned with the text of what was published, "" where that cannot be.
    """
    ids = [id_ for text, id_ in zip(before.first.texts, before.first.ids, strict=True) if text in before.mine]
    if not ids or not ids[0]:
        raise Unjudged(Verdict.INCONCLUSIVE, "no event came with an id that could be borrowed")
    there = Channel(subject, before.channels[1])
    reader = there.open("a reader with a borrowed id", ids[0], ask=_asked(subject))
    lives = there.texts("own", 1) if before.theirs else []
    there.publish(lives)
    if lives:
        there.until([reader], lives[0])
    reader.wait(lambda _: None, subject.latency_seconds)
    texts = [*before.mine, *before.theirs, *lives]
    return there.got(reader, texts, ids[0]), "".join(lives)


def _asked(subject: Subject) -> Ask:
    return Ask(principal=OTHER) if OTHER in subject.target.auth else PLAIN
