"""ID: identifiers and cursors."""

import re
from collections.abc import Iterator, Mapping

from conformance.captures.channel import Cursor, id_of
from conformance.captures.frames import Frames
from conformance.captures.restart import Restart
from conformance.captures.resumption import SPELLINGS, Queried, Resumption
from conformance.checks.bodies import Bodies, carriers
from conformance.checks.gap import signalled, warned
from conformance.checks.judge import accepted, broken, inconclusive, met, noted
from conformance.evidence import counted, quoted
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

CORS_UNSAFE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')  # Fetch 2.2.2, but for bytes above 0x7f
LONGEST_SAFE = 128  # bytes of a header that a page may send unasked


@row("SSE-ID-001")
def test_every_event_has_an_id(sse_bodies: Bodies, sse_target: Target) -> Judgement:
    """Look at every event that was published."""
    found = carriers(sse_bodies, sse_target)
    if not found:
        return inconclusive("not one event came")
    bare = [(reading, block) for reading, block in found if not any(one.name == "id" for one in block.fields)]
    if bare:
        observed = f"{len(bare)} of {len(found)} events without one"
        reading, block = bare[0]
        return broken("an id with every event", observed, reading, at=block.begin, declared=True)
    return met(f"{counted(len(found), 'event')}, each with an id", found[0][0], at=found[0][1].begin)


@row("SSE-ID-002")
def test_one_id_for_everybody(sse_resumption: Resumption) -> Judgement:
    """Compare the ids that four readers got with the same events: two live, two by replay."""
    story = sse_resumption
    witness = dict(zip(story.witness.texts, story.witness.ids, strict=True))
    for reader in (story.witness, story.leaver, story.middle, story.newest):
        for text, id_, place in zip(reader.texts, reader.ids, reader.places, strict=True):
            if id_ != witness[text]:
                observed = f"{quoted(witness[text])} for one, {quoted(id_)} for another"
                return broken("one id of an event, for every reader", observed, reader.reading, at=place)
    shared = [id_ for id_ in witness.values() if list(witness.values()).count(id_) > 1]
    if shared:
        place = story.witness.places[story.witness.ids.index(shared[0])]
        observed = f"{shared.count(shared[0])} events with the id {quoted(shared[0])}"
        return broken("an id for each event", observed, story.witness.reading, at=place)
    compared = len(story.leaver.texts) + len(story.middle.texts) + len(story.newest.texts)
    if not compared:
        return inconclusive("no second reader got any of the events", story.witness.reading)
    return met(f"{len(witness)} ids, all different; {compared} of them seen by another reader, and the same")


@row("SSE-ID-003")
def test_an_id_comes_back_as_it_was(
    sse_bodies: Bodies, sse_resumption: Resumption, sse_target: Target
) -> Judgement:
    """Look at every id for what a header cannot carry, and see whether one that was sent back is known."""
    expected = "ids without NUL, and without a blank at either end"
    for reading, id_, place in _ids(sse_bodies, sse_target):
        if "\0" in id_ or id_ != id_.strip("\t "):
            return broken(expected, quoted(id_), reading, at=place)
    story, reader = sse_resumption, sse_resumption.middle
    accepted(reader.reading)
    sent = quoted(reader.id)
    repeats = sse_target.cursor is not None and sse_target.cursor.delivery == "at-least-once"
    if story.texts[0] in reader.texts and repeats and not signalled(reader.reading, sse_target):
        told = "came again, as at-least-once allows: whether the id was known cannot be told"
        return inconclusive(f"{sent} was sent back, and all of the history {told}", reader.reading)
    if story.texts[0] in reader.texts or not reader.texts:
        observed = "all of the history" if reader.texts else "none of the events after it"
        expected = f"{sent}, sent back as it came, is known again"
        return broken(expected, f"its reader got {observed}", reader.reading, at=0)
    return met(f"{sent} was sent back as it came, and was known", reader.reading, at=0)


@row("SSE-ID-004")
def test_ids_need_no_preflight(sse_bodies: Bodies, sse_target: Target) -> Judgement:
    """Classify the ids of events by what a page of another origin may send without asking."""
    expected = f"at most {LONGEST_SAFE} bytes, none of them unsafe in a header across origins"
    if sse_target.cursor and sse_target.cursor.ids == "publisher":
        told = "the publisher gives the ids, and here it is this suite"
        return noted(Verdict.INFO, expected, told, sse_bodies.readings[-1])
    found = [*_ids(sse_bodies, sse_target)]
    if not found:
        return inconclusive("not one event came with an id")
    for reading, id_, place in found:
        unsafe = sorted(set(CORS_UNSAFE.findall(id_)))
        size = len(id_.encode())
        if unsafe or size > LONGEST_SAFE:
            told = f"{quoted(''.join(unsafe))} in {quoted(id_)}" if unsafe else f"an id of {size} bytes"
            cors = "" if sse_target.cors else "; the target declares no pages of other origins"
            return broken(expected, told + cors, reading, at=place)
    longest = max(len(id_.encode()) for _, id_, _ in found)
    return met(f"{counted(len(found), 'id')} of at most {longest} bytes, all of them safe across origins")


@row("SSE-ID-005")
def test_frames_that_are_no_events(sse_frames: Frames) -> Judgement:
    """Resume from each id that came without an event, and see whether anything is lost."""
    if not sse_frames.seen:
        return inconclusive("no frame came but events", sse_frames.witness)
    if not sse_frames.with_ids:
        return met(f"{counted(len(sse_frames.seen), 'frame')} without an id", sse_frames.witness)
    if not sse_frames.cursors:
        return inconclusive("frames carry ids, and nothing can be published to try them", sse_frames.witness)
    for block, cursor in sse_frames.cursors:
        if sse_frames.texts[-1] not in cursor.texts:
            observed = (
                f"a frame has the id {quoted(cursor.id)}; a resume from it missed what was published since"
            )
            return broken("no id, or one to resume from", observed, sse_frames.witness, at=block.begin)
    tried = ", ".join(quoted(cursor.id) for _, cursor in sse_frames.cursors)
    return met(f"the ids of frames are true cursors: {tried}", sse_frames.witness)


@row("SSE-ID-006")
def test_strange_cursors(sse_cursors: Mapping[str, Reading]) -> Judgement:
    """Send a dozen values that no server has handed out."""
    expected = "a stream, or a clean refusal"
    for name, reading in sse_cursors.items():
        if reading.head is None:
            ended = reading.malformed or reading.transcript.end
            how = f"no answer: {ended}" if ended else f"no answer in {reading.transcript.lasted:.1f} s"
            return broken(expected, f"{name}: {how}", reading)
        if reading.head.status >= 500:
            return broken(expected, f"{name}: {reading.head.line}", reading)
    statuses = sorted({reading.head.status for reading in sse_cursors.values() if reading.head})
    return met(f"{len(sse_cursors)} strange values, answered with {', '.join(map(str, statuses))}")


@row("SSE-ID-007")
def test_the_field_name_in_any_case(
    sse_resumption: Resumption, sse_spelled: Mapping[bytes, Cursor]
) -> Judgement:
    """Write the field's name in other ways, each with another id, and compare with the usual one."""
    story = sse_resumption
    sent = (*story.texts, story.live)
    usual = _started(story.middle, sent)
    if usual is None:
        return inconclusive("a resume by Last-Event-ID gave nothing to compare with", story.middle.reading)
    offset = usual - story.seen
    for name, reader in sse_spelled.items():
        accepted(reader.reading)
        if _started(reader, sent) != SPELLINGS[name] + 1 + offset:
            observed = f"{name.decode()}: {_told(reader, sent)}"
            expected = "a resume, as with Last-Event-ID"
            return broken(expected, observed, reader.reading, at=0)
    names = ", ".join(name.decode() for name in sse_spelled)
    return met(f"{names}: each was a cursor", next(iter(sse_spelled.values())).reading)


@row("SSE-ID-008")
def test_a_cursor_in_the_query(
    sse_resumption: Resumption, sse_queried: Queried, sse_target: Target
) -> Judgement:
    """Put an id into the query, first alone and then beside another one in the header."""
    story, found = sse_resumption, sse_queried
    usual = _started(story.middle, found.texts)
    if usual is None:
        return inconclusive("a plain resume gave nothing to compare with", story.middle.reading)
    offset = 1 + usual - story.seen
    accepted(found.alone.reading)
    if _started(found.alone, found.texts) != found.asked + offset:
        observed = f"a cursor in the query alone: {_told(found.alone, found.texts)}"
        return broken("a resume from it", observed, found.alone.reading, at=0, declared=True)
    if found.both is None:
        return met("the query alone is a cursor; there is no header to yield to", found.alone.reading)
    accepted(found.both.reading)
    declared = sse_target.cursor.precedence if sse_target.cursor else None
    begun = _started(found.both, found.texts)
    winners = {found.header + offset: "header", found.query + offset: "query"}
    winner = None if begun is None else winners.get(begun)
    if winner != (declared or "header"):
        seen = f"the {winner} wins" if winner else _told(found.both, found.texts)
        expected = f"the {declared or 'header'} wins{', as declared' if declared else ''}"
        return broken(expected, seen, found.both.reading, at=0, declared=declared is not None)
    return met(f"the query alone is a cursor; beside a header the {winner} wins", found.both.reading)


@row("SSE-ID-009")
def test_ids_after_a_restart(sse_restart: Restart, sse_target: Target) -> Judgement:
    """Publish, restart, publish more than before; compare the ids, and come back with one from before."""
    story, reader = sse_restart, sse_restart.left
    if story.reused:
        id_, before, now = story.reused[0]
        again = f"{counted(len(story.reused), 'id')} given out again"
        observed = f"{again}: {quoted(id_)} was {quoted(before)} before, and is {quoted(now)} now"
        return broken("ids that no event had before the restart", observed, reader.reading, at=0)
    if not story.ids_after:
        return inconclusive("no event came after the restart", reader.reading)
    if reader.missed and not warned(reader.reading, sse_target):
        observed = f"{len(reader.missed)} of {len(reader.owed)} did not come, and nothing told it so"
        expected = f"the events after {quoted(reader.id)}, or a sign that they are gone"
        return broken(expected, observed, reader.reading, at=0)
    rest = "a sign of the gap" if reader.missed else f"all {len(reader.owed)} events that came after it"
    told = f"an id from before gave {rest}; none of {len(story.ids_after)} new ids had been given out before"
    return met(told, reader.reading, at=0)


def _ids(bodies: Bodies, target: Target) -> Iterator[tuple[Reading, str, int]]:
    """Each id of an event, and where its line begins."""
    for reading, block in carriers(bodies, target):
        id_ = id_of(block)
        if id_ is not None:
            yield reading, id_, next(field.offset for field in block.fields if field.name == "id")


def _started(reader: Cursor, sent: tuple[str, ...]) -> int | None:
    """The number of the event that a reader got first; None if it got none."""
    return sent.index(reader.texts[0]) if reader.texts else None


def _told(reader: Cursor, sent: tuple[str, ...]) -> str:
    begun = _started(reader, sent)
    if begun is None:
        return "its reader got none of the events after it"
    return f"its reader got {counted(len(reader.texts), 'event')}, from number {begun + 1} of {len(sent)} on"
