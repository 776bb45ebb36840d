"""FRAME: the grammar on the wire."""

from conformance.captures.ending import Ending
from conformance.captures.exchange import Exchange, Trials
from conformance.captures.writers import WRITERS, Writers, intruder, lines_at
from conformance.checks.bodies import Bodies, grammatical, merged, named
from conformance.checks.judge import broken, inconclusive, met
from conformance.checks.payloads import intact
from conformance.evidence import counted, quoted
from conformance.grammar import LONGEST_LINE, findings
from conformance.row import Payload, row
from conformance.target import Target
from conformance.verdict import Judgement

OWN_EVENTS = {"open", "error"}  # of every EventSource
MOST_TYPES = 5


@row("SSE-FRAME-001")
def test_every_event_is_closed(sse_bodies: Bodies, sse_target: Target) -> Judgement:
    """Look for an unclosed block, and for one that holds two of the published events.

    What is unclosed at the end of a stream that is declared to have one is the next row's matter.
    """
    expected = "an empty line after every event"
    found = merged(sse_bodies)
    if found:
        reading, block = found
        return broken(expected, "several events in one block: a client gets one", reading, at=block.begin)
    row_of_the_end = "SSE-FRAME-001" if sse_target.subscribe.finite else "SSE-FRAME-002"
    return grammatical(row_of_the_end, sse_bodies, expected)


@row("SSE-FRAME-002")
def test_the_last_event_is_closed(sse_ending: Ending) -> Judgement:
    """Read a finite stream to its end."""
    expected = "an empty line after the last event, too"
    reading = sse_ending.reading
    found = [
        one for one in findings(bytes(reading.body), ended=reading.complete) if one.row_id == "SSE-FRAME-002"
    ]
    if found:
        return broken(expected, found[0].text, reading, at=found[0].offset)
    if not reading.events:
        return inconclusive("the stream ended without a single event", reading)
    return met(f"{counted(len(reading.events), 'event')}, the last one closed", reading)


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


@row("SSE-FRAME-005")
def test_no_byte_order_mark(sse_bodies: Bodies) -> Judgement:
    """Look at the first bytes of every stream, and at the beginning of every line."""
    return grammatical("SSE-FRAME-005", sse_bodies, "no byte order mark", but_written=True)


@row("SSE-FRAME-006", Payload("é€😀"))
def test_utf8(sse_bodies: Bodies) -> Judgement:
    """Decode every byte that came, strictly; published text is among it."""
    return grammatical("SSE-FRAME-006", sse_bodies, "UTF-8 from the first byte to the last")


@row("SSE-FRAME-007")
def test_events_are_written_whole(sse_writers: Writers) -> Judgement:
    """Publish long events from several threads at once, and compare each with what came."""
    expected = "every event as it was published, and nothing between its lines"
    reading = sse_writers.reading
    torn = [(text, at) for text in sse_writers.accepted if (at := lines_at(sse_writers, text)) is not None]
    count = f"{len(sse_writers.accepted)} events of {WRITERS} publishers at once"
    if torn:
        observed = f"of {count}, {len(torn)} did not come whole: {quoted(torn[0][0])} is one"
        return broken(expected, observed, reading, at=torn[0][1])
    between = intruder(sse_writers)
    if between is not None:
        return broken(expected, "a comment between the lines of an event", reading, at=between.offset)
    if len(sse_writers.whole) < max(WRITERS, len(sse_writers.accepted)):
        return inconclusive(f"of {count}, {len(sse_writers.whole)} came", reading)
    return met(f"{count} came whole", reading)


@row("SSE-FRAME-008", Payload(""))
def test_an_empty_payload_is_an_event(sse_trials: Trials) -> Judgement:
    """Publish an empty payload."""
    return intact(sse_trials)


@row("SSE-FRAME-009")
def test_no_event_without_data(sse_bodies: Bodies) -> Judgement:
    """Look for blocks that have a type and no data."""
    return grammatical(
        "SSE-FRAME-009", sse_bodies, "a data line in every block with a type", but_written=True
    )


@row("SSE-FRAME-010")
def test_no_event_is_named_like_those_of_a_browser(sse_bodies: Bodies) -> Judgement:
    """List the types of all events that came."""
    seen = sorted({event.type for reading in sse_bodies.readings for event in reading.events})
    found = next(named(sse_bodies, OWN_EVENTS), None)
    if found:
        reading, event = found
        return broken("types other than open and error", quoted(event.type), reading, at=event.begin)
    if not seen:
        return inconclusive("not one event came")
    return met(f"types {', '.join(map(quoted, seen[:MOST_TYPES]))}")


@row("SSE-FRAME-011")
def test_no_long_line(sse_bodies: Bodies) -> Judgement:
    """Measure every line that came; long payloads are published elsewhere."""
    return grammatical(
        "SSE-FRAME-011", sse_bodies, f"lines of at most {LONGEST_LINE} bytes", but_written=True
    )


@row("SSE-FRAME-012")
def test_one_kind_of_line_ending(sse_bodies: Bodies) -> Judgement:
    """Look at the end of every line that came."""
    return grammatical("SSE-FRAME-012", sse_bodies, "LF everywhere, or CRLF everywhere", but_written=True)


@row("SSE-FRAME-013")
def test_no_field_is_repeated(sse_bodies: Bodies) -> Judgement:
    """Count the fields of every block that came."""
    return grammatical(
        "SSE-FRAME-013", sse_bodies, "at most one event, id and retry line in a block", but_written=True
    )
