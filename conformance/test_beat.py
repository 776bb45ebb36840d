"""BEAT: signs of life on an idle stream."""

from conformance.evidence import counted, quoted
from conformance.judge import accepted, broken, inconclusive, met
from conformance.quiet import CEILING_SECONDS, TOLERANCE, Beat, Quiet
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement


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
