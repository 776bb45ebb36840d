"""BEAT: signs of life on an idle stream."""

from itertools import pairwise
from statistics import median

from conformance.captures.load import Load
from conformance.captures.quiet import CEILING_SECONDS, LASTING, TOLERANCE, Beat, Quiet
from conformance.captures.straddle import Straddle
from conformance.checks.bodies import Bodies
from conformance.checks.judge import accepted, broken, inconclusive, met
from conformance.eventstream import Block
from conformance.evidence import counted, quoted
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement

FEWEST_GAPS = 3
LOOSE_SECONDS = 0.1  # after which the rest of a line is not just on its way


@row("SSE-BEAT-001")
def test_interval(sse_quiet: Quiet, sse_target: Target) -> Judgement:
    """Listen to silence for three intervals, and find the longest gap."""
    accepted(sse_quiet.reading)
    declared = sse_target.heartbeat.interval if sse_target.heartbeat else None
    longest = f"at most {sse_quiet.longest:.2f} s without a byte, in {sse_quiet.watched:.1f} s"
    if sse_quiet.events:
        longest += f" with {counted(sse_quiet.events, 'event')}"
    if (sse_quiet.reading.transcript.end or sse_quiet.reading.complete) and sse_quiet.watched < (
        declared or CEILING_SECONDS
    ):
        told = (
            f"the stream ended after {sse_quiet.watched:.1f} s: if it is meant to, [subscribe] finite = true"
        )
        return inconclusive(told, sse_quiet.reading)
    if declared is None:
        if sse_quiet.longest > CEILING_SECONDS:
            return broken(f"bytes at least every {CEILING_SECONDS:.0f} s", longest, sse_quiet.reading)
        return met(longest, sse_quiet.reading)
    if sse_quiet.longest > declared * TOLERANCE + sse_target.limits.latency_ms / 1000:
        expected = f"bytes every {declared:g} s, as declared"
        return broken(expected, longest, sse_quiet.reading, declared=True)
    return met(f"{counted(len(sse_quiet.beats), 'beat')}; {longest}", sse_quiet.reading)


@row("SSE-BEAT-002")
def test_kind(sse_quiet: Quiet, sse_target: Target) -> Judgement:
    """Look at what came again and again in silence."""
    declared = sse_target.heartbeat.kind if sse_target.heartbeat else "comment"
    if not sse_quiet.beats:
        return _no_beat(sse_quiet)
    for beat in sse_quiet.beats:
        if _kind(beat) != declared:
            observed = f"{_kind(beat)}, as in {_shown(beat)}"
            at, kept = beat[0].offset, sse_target.heartbeat is not None
            return broken(f"{declared} as heartbeat", observed, sse_quiet.reading, at=at, declared=kept)
    shown = f"{counted(len(sse_quiet.beats), 'beat')}, as {_shown(sse_quiet.beats[0])}"
    return met(shown, sse_quiet.reading, at=sse_quiet.beats[0][0].offset)


@row("SSE-BEAT-003")
def test_between_events_only(sse_quiet: Quiet, sse_bodies: Bodies, sse_straddle: Straddle) -> Judgement:
    """Stop reading inside a large event until a heartbeat is due; look into all events that came."""
    expected = "heartbeats that begin a line, end it, and stand between events"
    loose = sse_quiet.reading.unfinished
    if loose and _is_loose(loose, sse_quiet):
        told = f"{_shown(loose.fields[-1:])}, and no line end after it"
        return broken(expected, told, sse_quiet.reading, at=loose.fields[-1].offset)
    if not sse_quiet.beats:
        return _no_beat(sse_quiet)
    marks = {_mark(sse_quiet.reading, beat) for beat in sse_quiet.beats}
    for reading in (sse_straddle.reading, *sse_bodies.readings):
        at = _within(reading, {beat[0].value for beat in sse_quiet.beats if not beat[0].name})
        if at is not None:
            return broken(expected, "a heartbeat between two lines of one event", reading, at=at)
    for text, whole in zip(sse_straddle.texts, sse_straddle.whole, strict=True):
        at = None if whole else _torn(sse_straddle.reading, text, marks)
        if at is not None:
            told = f"a heartbeat inside an event of {len(text)} bytes, which came torn"
            return broken(expected, told, sse_straddle.reading, at=at)
    lost, due = sse_straddle.whole.count(False), sse_straddle.waited >= sse_straddle.needed
    told = f"{lost} of {len(sse_straddle.whole)} events did not come as they were published"
    if lost and due:
        return inconclusive(told)
    if not lost:
        told = f"one that was not read for {sse_straddle.waited:.1f} s came whole"
    if not due:
        told += ", though no heartbeat was due in it: --sse-slow waits for one"
    return met(f"{counted(len(sse_quiet.beats), 'beat')}, and none in an event; {told}")


@row("SSE-BEAT-004")
def test_no_id_and_no_retry(sse_quiet: Quiet) -> Judgement:
    """Look for an id or a retry in each heartbeat."""
    if not sse_quiet.beats:
        return _no_beat(sse_quiet)
    for beat in sse_quiet.beats:
        extra = [field for field in beat if field.name in {"id", "retry"}]
        if extra:
            observed = f"{extra[0].name}: {quoted(extra[0].value)}"
            return broken("a heartbeat without id and retry", observed, sse_quiet.reading, at=extra[0].offset)
    return met(f"{counted(len(sse_quiet.beats), 'beat')} without id and retry", sse_quiet.reading)


@row("SSE-BEAT-005")
def test_goes_on(sse_quiet: Quiet, sse_target: Target) -> Judgement:
    """Listen on, up to ten intervals, and look for the end of the heartbeats."""
    if not sse_quiet.beats:
        return _no_beat(sse_quiet)
    begun, first, last = sse_quiet.pulse[0], sse_quiet.pulse[1:2], sse_quiet.pulse[-1]
    beats, seconds = counted(len(sse_quiet.beats), "beat"), sse_quiet.lasted - begun
    told = f"{beats} in {seconds:.1f} s, the first one {(first or (last,))[0] - begun:.2f} s after the head"
    declared = sse_target.heartbeat.interval if sse_target.heartbeat else None
    silence = sse_quiet.lasted - last
    patience = (declared or CEILING_SECONDS) * TOLERANCE + sse_target.limits.latency_ms / 1000
    if silence > patience + sse_quiet.noise:
        expected = f"a heartbeat every {declared or CEILING_SECONDS:g} s for as long as the stream is open"
        at, kept = len(sse_quiet.reading.body), declared is not None
        return broken(
            expected, f"{told}, then {silence:.1f} s of silence", sse_quiet.reading, at=at, declared=kept
        )
    if sse_quiet.reading.transcript.end or sse_quiet.reading.complete:
        return inconclusive(f"{told}, and then the stream ended", sse_quiet.reading)
    few = "" if sse_quiet.intervals >= LASTING else f"; {LASTING} are waited for with --sse-slow"
    return met(f"{told}{few}", sse_quiet.reading)


@row("SSE-BEAT-006")
def test_is_regular(sse_quiet: Quiet, sse_load: Load | None, sse_target: Target) -> Judgement:
    """Take the times between heartbeats, while a large event is sent elsewhere; ours are measured beside."""
    gaps = [after - before for before, after in pairwise(sse_quiet.pulse)]
    if not sse_quiet.beats:
        return _no_beat(sse_quiet)
    if len(gaps) < FEWEST_GAPS:
        return inconclusive(
            f"{counted(len(gaps), 'interval')}: too few to speak of a rhythm", sse_quiet.reading
        )
    strays = max(1, len(gaps) // 100)  # so many of the longest are left out for a p99
    usual, worst = median(gaps), sorted(gaps)[-1 - strays]
    told = f"median {usual:.3f} s of {len(gaps)} intervals, all but {strays} up to {worst:.3f} s"
    told += f", max {max(gaps):.3f} s"
    told += _under_load(sse_quiet, sse_load)
    declared = sse_target.heartbeat.interval if sse_target.heartbeat else None
    if declared is None:
        return met(told, sse_quiet.reading)
    most, noise = declared * TOLERANCE, f"our own noise is {sse_quiet.noise * 1000:.0f} ms"
    if usual <= most and worst > most + sse_quiet.noise > most + declared / 2:
        return inconclusive(f"{told}, but {noise}", sse_quiet.reading)
    if usual > most or worst > most + sse_quiet.noise:
        expected = f"99 %, or all but one, within {TOLERANCE} times the declared {declared:g} s ({noise})"
        return broken(expected, told, sse_quiet.reading)
    return met(f"{told}; {noise}", sse_quiet.reading)


def _under_load(quiet: Quiet, load: Load | None) -> str:
    """The longest time between heartbeats that lay, in part, in the time of the large event."""
    if load is None:
        return ""
    opened = quiet.reading.transcript.opened
    spans = [(before + opened, after + opened) for before, after in pairwise(quiet.pulse)]
    meanwhile = [after - before for before, after in spans if before < load.ended and after > load.begun]
    size = f"an event of {load.size >> 10} KiB"
    return f", {max(meanwhile):.3f} s while {size} was sent" if meanwhile else f", none of them during {size}"


def _is_loose(block: Block, quiet: Quiet) -> bool:
    """Whether a heartbeat has been there for a while, and its line has not ended."""
    last = block.fields[-1]
    age = quiet.lasted - quiet.reading.seconds_at(last.offset)
    return not last.name and not last.ending and age > LOOSE_SECONDS


def _mark(reading: Reading, beat: Beat) -> bytes:
    """The first line of a heartbeat, as it is on the wire."""
    line = bytes(reading.body[beat[0].offset :]).splitlines()[0]
    return line + beat[0].ending.encode()


def _within(reading: Reading, texts: set[str]) -> int | None:
    """Where a comment of these texts stands between two fields of an event, unless it does in every event."""
    found, events = [], 0
    for block in reading.blocks:
        named = [place for place, field in enumerate(block.fields) if field.name]
        events += any(field.name == "data" for field in block.fields)
        inner = block.fields[named[0] : named[-1]] if named else ()
        found += [field.offset for field in inner if not field.name and field.value in texts][:1]
    return found[0] if found and (len(found) < events or events == 1) else None


def _torn(reading: Reading, text: str, marks: set[bytes]) -> int | None:
    """Where a heartbeat is in what came of the event, from its first line to its last."""
    lines = text.rstrip("x").replace("x\n", "\n").encode().split()
    begin = reading.body.find(lines[0].rstrip(b"x"))
    end = reading.body.find(lines[-1], begin)
    found = (reading.body.find(mark, begin, end) for mark in marks)
    return next((at for at in found if 0 <= begin < at), None)


def _no_beat(quiet: Quiet) -> Judgement:
    accepted(quiet.reading)
    if quiet.events:
        told = f"{counted(quiet.events, 'event')} came in {quiet.watched:.1f} s, and no heartbeat among them"
        longest = f"the stream was silent for {quiet.longest:.2f} s at most"
        return inconclusive(f"{told}: {longest}, too short to need one", quiet.reading)
    return inconclusive(f"no heartbeat came in {quiet.watched:.1f} s of silence", quiet.reading)


def _kind(beat: Beat) -> str:
    names = [field.name for field in beat]
    types = [field.value for field in beat if field.name == "event"]
    if types or "data" in names:
        return f"event:{types[-1] if types else 'message'}"
    return "comment" if "" in names else "a block without data"


def _shown(beat: Beat) -> str:
    lines = (f"{field.name}: {field.value}\n" if field.name else f":{field.value}\n" for field in beat)
    return quoted("".join(lines))
