"""FLOW: latency, coding, fan-out, slow readers."""

from statistics import median

from conformance.captures.compression import Compressed
from conformance.captures.crowd import Crowd
from conformance.captures.fanout import Fanout
from conformance.captures.lasting import Held
from conformance.captures.promptness import Promptness, Single, tells
from conformance.captures.quiet import TOLERANCE
from conformance.captures.stall import Slow, Stall
from conformance.checks.coding import REGISTERED, codings
from conformance.checks.judge import accepted, broken, inconclusive, met, noted
from conformance.evidence import counted, quoted
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Unjudged, Verdict

AT_ONCE_SECONDS = 0.1  # so soon nothing has been waited for
PLATEAU_SECONDS = 0.037  # a delayed acknowledgement takes 40 ms on Linux, and up to 200 elsewhere
FEWEST_PAIRS = 3
MOST_SHOWN = 3
NEEDS_SLOW = "needs-slow: --sse-slow waits for it"
STRAYS = 2  # events that may be late on a busy machine


@row("SSE-FLOW-001")
def test_an_event_comes_without_traffic_behind_it(
    sse_promptness: Promptness, sse_target: Target
) -> Judgement:
    """Publish an event of one byte, keep silent, and see when it comes; seven times over."""
    accepted(sse_promptness.reading)
    return _prompt(sse_promptness.singles, _budget(sse_target), sse_promptness.reading)


@row("SSE-FLOW-002")
def test_compression_holds_nothing_back(sse_compressed: Compressed, sse_target: Target) -> Judgement:
    """Offer gzip, deflate, br and zstd, and publish one event after another; each is timed decoded."""
    reading, named = sse_compressed.reading, ", ".join(sse_compressed.codings) or "no coding"
    accepted(reading)
    if sse_compressed.broken:
        told = f"a body that is not {named}: {sse_compressed.broken}"
        return broken("a body in the coding that its head names", told, reading, at=0)
    judged = _prompt(sse_compressed.singles, _budget(sse_target), sse_compressed.text or reading, named)
    if judged.verdict is not Verdict.PASS:
        return judged
    if sse_compressed.text is None:
        return _by_bytes(sse_compressed, sse_target, named)
    if sse_compressed.beaten is False:
        return broken("heartbeats that are flushed too", f"{named}: events came, and no heartbeat", reading)
    return met(f"{judged.observed}{', and a heartbeat' * bool(sse_compressed.beaten)}", reading)


@row("SSE-FLOW-003")
def test_codings_are_honoured_and_registered(sse_opening: Reading, sse_offered: Reading) -> Judgement:
    """Ask for identity, then offer compression, and read Content-Encoding."""
    expected = "no Content-Encoding for a client that asks for identity, and else a registered one"
    for reading in (sse_opening, sse_offered):
        accepted(reading)
        strange = [name for name in codings(reading) if name not in REGISTERED]
        if strange:
            told = f"{quoted(strange[0])} is no content coding"
            return broken(expected, told, reading, evidence=reading.head.raw if reading.head else b"")
    if codings(sse_opening):
        told = f"{', '.join(codings(sse_opening))} for Accept-Encoding: identity"
        return broken(expected, told, sse_opening)
    return met(f"identity as asked; {', '.join(codings(sse_offered)) or 'no coding'} where all are offered")


@row("SSE-FLOW-004")
def test_every_reader_gets_every_event(sse_fanout: Fanout, sse_target: Target) -> Judgement:
    """Three readers listen while events are published as fast as may be; what they got is compared."""
    expected = "the same events in the same order for every subscriber"
    everything = {text for got in sse_fanout.got for text in got}
    if len(everything) < len(sse_fanout.texts) / 2:
        return inconclusive(f"{len(everything)} of {len(sse_fanout.texts)} events reached anybody")
    for number, (reading, got) in enumerate(zip(sse_fanout.readings, sse_fanout.got, strict=True), 1):
        missing = [text for text in sse_fanout.texts if text in everything and text not in got]
        if missing:
            told = f"reader {number} lacks {counted(len(missing), 'event')} that others got: {_some(missing)}"
            if sse_target.cursor and sse_target.cursor.delivery == "at-most-once":
                return noted(Verdict.INFO, expected, f"{told}; at-most-once is declared", reading)
            return broken(expected, told, reading, at=len(reading.body))
    for number, (reading, got) in enumerate(zip(sse_fanout.readings, sse_fanout.got, strict=True), 1):
        if got != sse_fanout.got[0]:
            place = next(
                i for i, pair in enumerate(zip(got, sse_fanout.got[0], strict=False)) if len({*pair}) > 1
            )
            told = f"reader {number} got {got[place]} where reader 1 got {sse_fanout.got[0][place]}"
            return broken(expected, told, reading, at=len(reading.body))
    return met(f"{counted(len(sse_fanout.got[0]), 'event')} at {len(sse_fanout.got)} readers, in one order")


@row("SSE-FLOW-005")
def test_a_stalled_reader_delays_nobody(sse_stall: Stall, sse_target: Target) -> Judgement:
    """Publish while two of three readers read nothing; time each event at the third."""
    budget = _budget(sse_target)
    expected = f"each event within {budget * 1000:.0f} ms for who reads on"
    before = [lag for lag in sse_stall.controls if lag is not None]
    lags = [lag for lag in sse_stall.lags if lag is not None]
    if len(before) < len(sse_stall.controls) or median(before) > budget:
        return inconclusive(
            "events were lost, or late, before anybody had stopped reading", sse_stall.witness
        )
    at = len(sse_stall.witness.body)
    if sse_stall.refused:
        told = f"after {counted(len(sse_stall.lags), 'event')} publishing failed: {sse_stall.refused}"
        return broken(expected, told, sse_stall.witness, at=at)
    if len(lags) < len(sse_stall.lags):
        told = f"{len(sse_stall.lags) - len(lags)} of {len(sse_stall.lags)} events did not come"
        return broken(expected, told, sse_stall.witness, at=at)
    late = [lag for lag in lags if lag > budget]
    size = f"{counted(len(lags), 'event')} of {sse_stall.volume >> 10} KiB in all"
    told = f"{size}, after {_ms(max(lags))} at most"
    if len(late) > STRAYS:
        told = f"{told}, {len(late)} of them too late; {_ms(max(before))} before"
        return broken(expected, told, sse_stall.witness, at=at)
    return met(told, sse_stall.witness)


@row("SSE-FLOW-006")
def test_a_stalled_reader_is_bounded(sse_stall: Stall, sse_target: Target) -> Judgement:
    """Publish while a reader reads nothing, wait, and see whether it was cut off meanwhile."""
    declared, slept = sse_target.limits.slow_reader, sse_stall.sleeper
    all_in_all = f"{sse_stall.volume >> 10} KiB for a reader that read nothing for {sse_stall.waited:.1f} s"
    had = f"{all_in_all}: it had got {len(slept.got)} of {len(sse_stall.lags)} events"
    if slept.cut:
        return met(f"{had} when it was cut off", slept.reading)
    if slept.got and len(slept.got) < len(sse_stall.lags) == slept.got[-1] + 1:
        return met(f"{had}, and the rest was left out", slept.reading)
    if declared and declared.policy == "drop" and declared.after is not None:
        if sse_stall.waited < declared.after * TOLERANCE:
            raise Unjudged(
                Verdict.SKIP, f"{NEEDS_SLOW}: a stalled reader is cut off after {declared.after:g} s"
            )
        expected = f"a reader that reads nothing is cut off after {declared.after:g} s, as declared"
        return broken(expected, f"{had}, and was not cut off", slept.reading, declared=True)
    return inconclusive(f"{had}, and was not cut off: it may be bounded all the same", slept.reading)


@row("SSE-FLOW-007")
def test_a_slow_reader_has_no_silent_gap(sse_stall: Stall, sse_target: Target) -> Judgement:
    """Let one slow reader read on, and another come back after it was cut off; look for what they lack."""
    expected = "every event, or a signal that some are missing"
    at_most_once = sse_target.cursor is not None and sse_target.cursor.delivery == "at-most-once"
    for who, slow in (
        ("the reader that lagged", sse_stall.laggard),
        ("the one that stopped", sse_stall.sleeper),
    ):
        if slow.gap:
            told = f"{who} got event {slow.gap[1]} where {slow.gap[0]} was due, without a word"
            if at_most_once:
                return noted(Verdict.INFO, expected, f"{told}; at-most-once is declared", slow.reading)
            return broken(expected, told, slow.reading, at=_of_event(slow, slow.gap[1]))
    slept, back = sse_stall.sleeper, sse_stall.back
    if not slept.cut:
        return met(f"both got {counted(len(slept.got), 'event')} in the end, with no gap", slept.reading)
    if back is None:
        return inconclusive("it was cut off before it had an id to come back with", slept.reading)
    due, last = len(slept.got), len(sse_stall.lags) - 1
    if back.told:
        return met(f"cut off after {counted(due, 'event')}; told when it came back", back.reading)
    if back.got == tuple(range(due, last + 1)):
        return met(
            f"cut off after {counted(due, 'event')}; {len(back.got)} more when it came back", back.reading
        )
    told = f"back after event {due - 1}, it got {_numbers(back.got)} where {due} to {last} were due"
    return broken(expected, told, back.reading, at=0)


@row("SSE-FLOW-008")
def test_streams_live_past_timers(sse_lasting: tuple[Held, ...]) -> Judgement:
    """Hold quiet streams for 65, 125 and 305 seconds and a busy one, and publish to each in the end."""
    expected = "streams that live for as long as their clients stay"
    for held in sorted(sse_lasting, key=lambda one: one.lived):
        accepted(held.reading)
        what = "a busy stream" if held.busy else "a quiet stream"
        if held.lived < held.due:
            end = held.reading.transcript.end or "its end"
            return broken(expected, f"{what} ended after {held.lived:.1f} s: {end}", held.reading)
        if held.heard is False:
            told = f"{what} was open, and an event published after {held.lived:.0f} s did not come"
            return broken(expected, told, held.reading)
    told = ", ".join(f"{held.lived:.0f} s" + " (busy)" * held.busy for held in sse_lasting)
    return met(f"alive after {told}")


@row("SSE-FLOW-009")
def test_many_streams_at_once(sse_crowd: Crowd, sse_target: Target) -> Judgement:
    """Open as many streams as the target declares, up to 200, and publish one event for all."""
    budget = _budget(sse_target)
    expected = f"{sse_crowd.wanted} streams, and an event on each within {budget * 1000:.0f} ms"
    late = [lag for lag in sse_crowd.lags if lag > budget]
    if sse_crowd.accepted < sse_crowd.wanted:
        told = f"{sse_crowd.accepted} were accepted"
        return broken(expected, told, sse_crowd.strange)
    if len(sse_crowd.lags) < sse_crowd.wanted:
        told = f"all were accepted, and {len(sse_crowd.lags)} got the event"
        return broken(expected, told, sse_crowd.strange)
    told = f"the event was everywhere after {max(sse_crowd.lags) * 1000:.0f} ms"
    if late:
        return broken(expected, f"{told}, on {len(late)} streams too late")
    return met(f"{sse_crowd.wanted} streams; {told}")


@row("SSE-FLOW-010")
def test_no_plateau_of_delayed_acknowledgements(sse_pairs: Promptness) -> Judgement:
    """Publish two events in a row to a reader that acknowledges late, and see how far apart they come."""
    reading = sse_pairs.reading
    accepted(reading)
    told = [pair for pair in sse_pairs.pairs if tells(pair)]
    if len(told) < FEWEST_PAIRS:
        return inconclusive(f"{len(told)} of {len(sse_pairs.pairs)} pairs were published in a row", reading)
    quick = len(told) // 4  # with the quickest quarter left out: on a busy machine any pair may be late
    apart = sorted(second.asked + second.lag - first.asked - first.lag for first, second in told)[quick]
    longer = sorted(second.lag - first.lag for first, second in told)[quick]
    shown = f"{counted(len(told), 'pair')} came {_ms(apart)} apart or more, the second {_ms(longer)} late"
    if apart >= PLATEAU_SECONDS and longer >= PLATEAU_SECONDS / 2:
        expected = "two events in a row without a wait for an acknowledgement between them: TCP_NODELAY"
        return broken(expected, shown, reading, at=told[0][1].at)
    return met(shown, reading)


def _of_event(slow: Slow, number: int) -> int:
    """Where the event is in the body of the reader, as the count of those before it."""
    return slow.at[slow.got.index(number)]


def _numbers(got: tuple[int, ...]) -> str:
    return f"{len(got)} events, from {got[0]} to {got[-1]}," if got else "nothing"


def _budget(target: Target) -> float:
    """Seconds that an event may take, and its publisher may have to wait for its turn."""
    rate = target.publish.max_rate if target.publish else None
    return target.limits.latency_ms / 1000 + (1 / rate if rate else 0.0)


def _prompt(singles: tuple[Single, ...], budget: float, reading: Reading, what: str = "") -> Judgement:
    """Whether the events came in time, and not just together with what came behind them."""
    expected = f"each event within {budget * 1000:.0f} ms, with nothing behind it"
    lags = [single.lag for single in singles]
    typical, at = median(lags), singles[0].at
    came = f"{what}: " * bool(what) + f"{counted(len(lags), 'event')} after {_ms(typical)} (median)"
    if typical > budget:
        return broken(expected, came, reading, at=at)
    if typical > AT_ONCE_SECONDS and all(single.pushed for single in singles):
        return broken(expected, f"{came}, each together with what followed it", reading, at=at)
    return met(came, reading, at=at)


def _by_bytes(compressed: Compressed, target: Target, named: str) -> Judgement:
    """What can be said without reading the body: that bytes came in time, unless heartbeats may be those."""
    told = f"nothing here decodes {named}, so that only the times of its bytes are known"
    beat = target.heartbeat.interval if target.heartbeat else None
    if beat is not None and beat < 4 * _budget(target):
        return inconclusive(f"{told}, and heartbeats are among them", compressed.reading)
    return met(f"bytes came within {_budget(target) * 1000:.0f} ms of each event; {told}", compressed.reading)


def _ms(seconds: float) -> str:
    return "never" if seconds == float("inf") else f"{seconds * 1000:.1f} ms"


def _some(texts: list[str]) -> str:
    return ", ".join(texts[:MOST_SHOWN]) + ("…" if len(texts) > MOST_SHOWN else "")
