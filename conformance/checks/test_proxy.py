"""PROXY: what comes by the road as soon as directly, and what does not."""

from statistics import median

from conformance.captures.crossing import Idle, Journey
from conformance.checks.coding import codings
from conformance.checks.judge import accepted, broken, inconclusive, met
from conformance.evidence import counted
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

AT_ONCE_SECONDS = 0.1  # so soon nothing has been waited for
FEWEST = 3  # events
FEWEST_BEATS = 3


@row("SSE-PROXY-001")
def test_the_road_holds_nothing_back(sse_journeys: tuple[Journey, ...], sse_target: Target) -> Judgement:
    """Read at both ends of each road, and see how much later each event comes at the far end."""
    found = [_in_time(journey, sse_target.limits.latency_ms / 1000) for journey in sse_journeys]
    return _all_of(found)


@row("SSE-PROXY-002")
def test_the_road_lets_no_stream_wait_or_die(
    sse_compressed_journeys: tuple[Journey, ...], sse_idle: tuple[Idle, ...], sse_target: Target
) -> Judgement:
    """Take compressed bodies by each road, and hold both ends in silence; time events and heartbeats."""
    budget = sse_target.limits.latency_ms / 1000
    found = [_decoded(journey, budget) for journey in sse_compressed_journeys]
    found += [_alive(idle) for idle in sse_idle]
    return _all_of(found)


def _all_of(found: list[Judgement]) -> Judgement:
    """The worst of them; where all are well, what was seen on each road."""
    for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        for judgement in found:
            if judgement.verdict is verdict:
                return judgement
    return met("; ".join(judgement.observed for judgement in found))


def _in_time(journey: Journey, budget: float, what: str = "") -> Judgement:
    name, reading = journey.road.name, journey.by_road
    expected = f"each event within {budget * 1000:.0f} ms of its coming at the origin {journey.road.origin}"
    accepted(journey.direct)
    crossed = journey.crossings
    if len(crossed) < FEWEST:
        return inconclusive(f"{counted(len(crossed), 'event')} came directly: too few to compare", reading)
    if reading.head is not None:
        accepted(reading)
    lost = sum(one.lag == float("inf") for one in crossed)
    came = f"{name}{what}: {counted(len(crossed), 'event')} came directly"
    if 2 * lost > len(crossed):
        head = "" if reading.head else ", nor did the response head"
        waited = f"{reading.transcript.lasted:.1f} s"
        told = f"{came}, and by the road {lost} of them did not in {waited}{head}"
        at = len(reading.body) if reading.head else None
        return broken(expected, told, reading, at=at, declared=True)  # that a stream is to be had there
    usual = median(one.lag for one in crossed)
    told = f"{came}, and by the road {_ms(usual)} later (median)"
    if usual > budget:
        return broken(expected, told, reading, at=crossed[0].at)
    if usual > AT_ONCE_SECONDS and all(one.pushed for one in crossed):
        return broken(expected, f"{told}, each together with what followed it", reading, at=crossed[0].at)
    return met(told, reading, at=crossed[0].at)


def _decoded(journey: Journey, budget: float) -> Judgement:
    named = ", ".join(codings(journey.by_road))
    if journey.broken:
        told = f"{journey.road.name}: a body that is not {named}: {journey.broken}"
        return broken("a body in the coding that its head names", told, journey.by_road, at=0)
    if journey.text is None and journey.by_road.head:
        return inconclusive(f"{journey.road.name}: nothing here decodes {named}", journey.by_road)
    return _in_time(journey, budget, f" in {named}" if named else " without a coding")


def _alive(idle: Idle) -> Judgement:
    name, reading = idle.road.name, idle.by_road
    if idle.direct.transcript.end or idle.direct.complete:
        return inconclusive("the stream ended at the origin, too", idle.direct)
    if reading.transcript.end or reading.complete:
        end = reading.transcript.end or "its end"
        told = f"{name}: a quiet stream ended after {idle.watched:.1f} s: {end}; at the origin it goes on"
        return broken("streams that live for as long as their clients stay", told, reading)
    beats = f"{name}: {counted(idle.road_beats, 'heartbeat')} in {idle.watched:.1f} s"
    if idle.direct_beats >= FEWEST_BEATS and idle.road_beats < idle.direct_beats / 2:
        return broken("heartbeats, as at the origin", f"{beats}, and {idle.direct_beats} directly", reading)
    return met(beats, reading)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
