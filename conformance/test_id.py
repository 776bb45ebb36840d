"""ID: identifiers and cursors."""

from collections.abc import Mapping

from conformance.bodies import Bodies, carriers
from conformance.evidence import counted, quoted
from conformance.judge import broken, inconclusive, met
from conformance.reading import Reading
from conformance.resumption import Frames
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement


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
