"""FRAME: the grammar on the wire."""

from conformance.bodies import Bodies, grammatical, merged
from conformance.exchange import Exchange, Trials
from conformance.judge import broken, met
from conformance.payloads import intact
from conformance.row import Payload, row
from conformance.target import Target
from conformance.verdict import Judgement


@row("SSE-FRAME-001")
def test_every_event_is_closed(sse_bodies: Bodies) -> Judgement:
    """Look for an unclosed block, and for one that holds two of the published events."""
    expected = "an empty line after every event"
    found = merged(sse_bodies)
    if found:
        reading, block = found
        return broken(expected, "several events in one block: a client gets one", reading, at=block.begin)
    return grammatical("SSE-FRAME-001", sse_bodies, expected)


@row("SSE-FRAME-003")
def test_the_empty_line_comes_with_its_event(sse_exchange: Exchange, sse_target: Target) -> Judgement:
    """Publish once into silence, and see what closes the event, and when."""
    expected = "the empty line that closes an event, in the same breath as the event"
    hello, reading = sse_exchange.hello, sse_exchange.reading
    if hello.closed is None:
        return broken(expected, "no empty line as long as nothing else was published", reading, at=hello.at)
    waited = f"the empty line came {(hello.closed - hello.came) * 1000:.0f} ms after the event"
    if hello.interrupted:
        return broken(expected, f"{waited}, and with something else before it", reading, at=hello.at)
    if (hello.closed - hello.came) * 1000 > sse_target.limits.latency_ms:
        return broken(expected, waited, reading, at=hello.at)
    return met(waited, reading, at=hello.at)


@row("SSE-FRAME-004")
def test_known_fields_only(sse_bodies: Bodies) -> Judgement:
    """Read every line that came."""
    return grammatical(
        "SSE-FRAME-004", sse_bodies, "no lines but data, event, id, retry and comments", but_written=True
    )


@row("SSE-FRAME-006", Payload("é€😀"))
def test_utf8(sse_bodies: Bodies) -> Judgement:
    """Decode every byte that came, strictly; published text is among it."""
    return grammatical("SSE-FRAME-006", sse_bodies, "UTF-8 from the first byte to the last")


@row("SSE-FRAME-008", Payload(""))
def test_an_empty_payload_is_an_event(sse_trials: Trials) -> Judgement:
    """Publish an empty payload."""
    return intact(sse_trials)
