"""CONN: the life cycle of connections."""

import shlex
from collections.abc import Mapping, Sequence

from conformance.captures.capacity import Capacity
from conformance.captures.churn import CONNECTS, HALF, LEAK_BYTES, SPARE, Churn, Vitals
from conformance.captures.release import DESCRIPTORS, FIN, METRIC, PROMPT_SECONDS, WAYS, Release
from conformance.captures.restart import Restart, Shutdown
from conformance.checks.gap import warned
from conformance.checks.judge import broken, inconclusive, met, noted
from conformance.evidence import again, counted
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Unjudged, Verdict

OK = 200
KIB, MIB = 2**10, 2**20
SLOWER, SLOWER_SECONDS = 3, 0.25  # heads: so many times as slow, and that much besides


@row("SSE-CONN-001")
def test_released_after_a_fin(sse_releases: Mapping[str, Release]) -> Judgement:
    """Open some streams, close them, publish nothing, and see how long the server goes on holding them."""
    return _released([FIN], sse_releases)


@row("SSE-CONN-002")
def test_released_after_a_reset_or_a_drop(sse_releases: Mapping[str, Release]) -> Judgement:
    """Reset some streams; close others before a byte of the answer was read."""
    return _released([way for way in WAYS if way != FIN], sse_releases)


@row("SSE-CONN-004")
def test_churn_leaves_no_trace(sse_churn: Churn) -> Judgement:
    """Let a thousand readers come and go, and look at the server before and after."""
    found, before, after = sse_churn, sse_churn.before, sse_churn.after
    if found.refused:
        return broken(f"{CONNECTS} readers accepted", f"{found.refused} of them were refused")
    for what, one, other in (
        ("open streams", before.connections, after.connections),
        ("descriptors", before.descriptors, after.descriptors),
    ):
        if one is not None and other is not None and other > one + SPARE:
            return broken(f"as many {what} as before", f"{one} before, {other} after {CONNECTS} readers")
    if found.grown and min(found.grown) > LEAK_BYTES * HALF:
        grown = ", ".join(f"{half / MIB:.1f}" for half in found.grown)
        observed = f"it grew by {grown} MiB with each {HALF} readers"
        return broken("memory that does not grow with every reader", observed)
    if after.head > before.head * SLOWER + SLOWER_SECONDS:
        observed = f"{_ms(before.head)} before, {_ms(after.head)} after {CONNECTS} readers"
        return broken("response heads as quick as before", observed)
    return met(f"{CONNECTS} readers in {found.seconds:.1f} s: {_compared(before, after)}")


@row("SSE-CONN-005")
def test_ends_when_told_to(sse_shutdown: Shutdown, sse_target: Target) -> Judgement:
    """Hold some streams open, publish, and send the declared signal."""
    found, stopped = sse_shutdown, sse_shutdown.stopped
    grace = sse_target.process.stop.grace if sse_target.process else 0.0
    expected = f"all streams end, and then the process, within {grace:g} s of {stopped.signal}"
    if stopped.died:
        return broken("a server that runs until it is told to stop", stopped.died, declared=True)
    if stopped.late:
        observed = (
            f"it ran on, with {found.late} of {counted(len(found.held), 'stream')} open, and was killed"
        )
        return broken(expected, observed, found.held[0], reproduce=_stopping(found.held[0], sse_target))
    told = f"{counted(len(found.held), 'stream')} open; the process ended {stopped.seconds:.1f} s after"
    return met(f"{told} {stopped.signal}: {stopped.end}", found.held[0])


@row("SSE-CONN-006")
def test_streams_end_at_a_border(sse_shutdown: Shutdown) -> Judgement:
    """Look at the last bytes of the streams that were open when the server was told to stop."""
    if sse_shutdown.stopped.late:
        raise Unjudged(Verdict.DEPENDENCY, "SSE-CONN-005: the server did not end its streams, but was killed")
    if not sse_shutdown.held:
        return inconclusive("no stream was open when the server ended")
    expected = "whole events, and then the end of the message as HTTP has it"
    for reading in sse_shutdown.held:
        if reading.malformed:
            return broken(expected, f"not HTTP: {reading.malformed}", reading, at=len(reading.body))
        cut = reading.unfinished
        if cut is not None and any(field.name or not field.ending for field in cut.fields):
            return broken(expected, "the stream ends inside an event", reading, at=len(reading.body))
        if not reading.complete:
            end = reading.transcript.end or "it was still open"
            observed = f"no end of the message (no zero chunk); the connection: {end}"
            return broken(expected, observed, reading, at=len(reading.body))
    told = counted(len(sse_shutdown.held), "stream")
    events = counted(sse_shutdown.published, "event")
    return met(f"{told} ended at a border, {events} while the server was told to stop", sse_shutdown.held[0])


@row("SSE-CONN-007")
def test_nothing_is_lost_over_a_restart(sse_restart: Restart, sse_target: Target) -> Judgement:
    """Restart the server while events are published, come back with the last id, and count."""
    if sse_restart.reused:
        raise Unjudged(Verdict.DEPENDENCY, "SSE-ID-009: ids do not mean what they meant before the restart")
    durable = sse_target.process is not None and sse_target.process.volatile is False
    told = []
    for who, reader in (("who had left", sse_restart.left), ("who stayed", sse_restart.stayed)):
        head = reader.reading.head
        if head is None or head.status >= 500:
            observed = f"a reader {who}: {head.line if head else 'no answer'}"
            return broken("readers can come back after a restart", observed, reader.reading)
        missing, told_so = reader.missed, warned(reader.reading, sse_target)
        if missing and (durable or not told_so):
            observed = f"a reader {who}: {len(missing)} of {counted(len(reader.owed), 'event')} did not come"
            expected = "what was accepted before the restart" + ("" if durable else ", or a sign of the gap")
            silently = "" if told_so else ", and nothing told it so"
            return broken(expected, observed + silently, reader.reading, at=0, declared=durable)
        told.append(f"{who}: {'told of a gap' if missing else f'all of {len(reader.owed)}'}")
    return met("; ".join(told), sse_restart.left.reading, at=0)


@row("SSE-CONN-008")
def test_the_cap_harms_nobody(sse_capacity: Capacity) -> Judgement:
    """Open as many streams as there may be, and one more; look at the others; let one leave, and return."""
    found = sse_capacity
    if found.harmed:
        observed = (
            f"{len(found.harmed)} of {found.held} streams ended, or missed an event, when one more came"
        )
        expected = "a full server refuses the newcomer, and keeps the others"
        return broken(expected, observed, found.harmed[0], declared=True)
    newcomer = found.newcomer
    if newcomer is None:
        return inconclusive(f"fewer streams than the declared cap of {found.cap} could be opened")
    if newcomer.head is not None and newcomer.head.status == OK:
        observed = f"one more than {found.cap} was accepted too"
        return broken(f"no more than {found.cap} streams, as declared", observed, newcomer, declared=True)
    if found.returned is None:
        observed = f"nobody was let in for {found.seconds:.1f} s after one had left"
        expected = f"{found.cap} streams, as declared: a slot that is left can be taken again"
        return broken(expected, observed, newcomer, declared=True)
    kept = "all of them got the next event" if found.published else "none of them ended"
    back = f"a slot came back after {_ms(found.seconds)}"
    return met(f"{found.held} streams, and {kept} when one more was refused; {back}", newcomer)


def _stopping(reading: Reading, target: Target) -> str:
    """A command that starts the server, opens a stream, and tells the server to stop."""
    assert target.process is not None, "its rows need one"
    start, stop = shlex.join(target.process.start), target.process.stop.signal
    return f"{start} & sleep 3; {again(reading.transcript)} & sleep 1; kill -{stop} %1; time wait %1"


def _released(ways: Sequence[str], releases: Mapping[str, Release]) -> Judgement:
    found = {way: releases[way] for way in ways}
    if partly := [one for one in found.values() if one.by == DESCRIPTORS and 0 < one.kept < one.opened]:
        held = f"{partly[0].kept} more than before, of {partly[0].opened} that were opened"
        return inconclusive(f"{DESCRIPTORS}: {held}; they may be anything: declare {METRIC}")
    for way, release in found.items():
        if release.kept:
            held = f"{release.kept} of {release.opened} were held still after {release.seconds:.1f} s"
            expected = f"all streams released within {PROMPT_SECONDS:g} s, without an event"
            return broken(expected, f"after {way}, {held}, as {release.by} shows")
    told = ", ".join(f"{one.opened} after {way} in {_ms(one.seconds)}" for way, one in found.items())
    by = next(iter(found.values())).by
    if by == DESCRIPTORS:
        observed = f"connections are closed ({told}); what lies behind them needs process.metrics.connections"
        return noted(Verdict.INFO, "subscriptions are released", observed)
    return met(f"released: {told}, as {by} shows")


def _compared(before: Vitals, after: Vitals) -> str:
    parts = [f"heads after {_ms(before.head)} → {_ms(after.head)}"]
    if before.connections is not None:
        parts.append(f"open streams {before.connections} → {after.connections}")
    if before.descriptors is not None:
        parts.append(f"descriptors {before.descriptors} → {after.descriptors}")
    if before.memory is not None and after.memory is not None:
        parts.append(f"memory {before.memory / MIB:.1f} → {after.memory / MIB:.1f} MiB")
    return ", ".join(parts)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
