"""H2: streams that share a connection."""

from conformance.captures.multiplex import LARGE_BYTES, STREAMS, Head, Multiplex
from conformance.checks.judge import broken, inconclusive, met
from conformance.evidence import counted, quoted
from conformance.http2 import WINDOW_BYTES
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Unjudged, Verdict

FORBIDDEN = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
}  # RFC 9113, 8.2.2


@row("SSE-H2-001")
def test_no_fields_of_the_connection(sse_multiplex: Multiplex) -> Judgement:
    """Read the names of all header fields of the answers, as they are on the wire."""
    if sse_multiplex.refused:
        return broken("HTTP/2, as declared", sse_multiplex.refused, declared=True)
    for head in sse_multiplex.heads:
        for name, value in head:
            if name.lower() in FORBIDDEN:
                expected = "no field that belongs to a connection of HTTP/1.1"
                return _broken(sse_multiplex, expected, f"{name}: {quoted(value)}", head)
    seen = f"{counted(len(sse_multiplex.heads[0]), 'field')}, {counted(len(sse_multiplex.heads), 'answer')}"
    return met(f"{seen}: none belongs to a connection")


@row("SSE-H2-002")
def test_many_streams_and_one_that_is_left(sse_multiplex: Multiplex, sse_target: Target) -> Judgement:
    """Open eight streams on one connection, publish, reset one of them, and publish again."""
    expected = f"{STREAMS} streams on one connection, of which each may be left alone"
    end = f": {sse_multiplex.end}" * bool(sse_multiplex.end)
    if sse_multiplex.refused:
        return inconclusive(f"no HTTP/2: {sse_multiplex.refused}")
    if sse_multiplex.wanted < STREAMS:
        told = f"politeness: needs {STREAMS} streams at once; the target can allow them"
        raise Unjudged(Verdict.SKIP, told)
    if sse_multiplex.opened < STREAMS:
        said = f"it allows {sse_multiplex.allowed}, and " * (sse_multiplex.allowed < STREAMS)
        told = f"{said}{sse_multiplex.opened} of {STREAMS} were opened{end}"
        return _broken(sse_multiplex, expected, told)
    if not sse_multiplex.together:
        return inconclusive("they were opened, and nothing can be published to see whether they live")
    budget = sse_target.limits.latency_ms / 1000
    lags = {"before any was left": sse_multiplex.together, "after one was reset": sse_multiplex.after_reset}
    for when, found in lags.items():
        if late := sum(lag > budget for lag in found):
            told = f"{when} an event was late, or did not come, on {late} of {len(found)}{end}"
            return _broken(sse_multiplex, expected, told)
    worst = max(*sse_multiplex.together, *sse_multiplex.after_reset)
    return met(f"{STREAMS} streams; with one reset, the others got events after {worst * 1000:.1f} ms")


@row("SSE-H2-003")
def test_a_closed_window_stops_nobody_else(sse_multiplex: Multiplex, sse_target: Target) -> Judgement:
    """Leave the window of one stream closed, publish twice what it lets through, and time the others."""
    lags, taken = sse_multiplex.beside_shut, sse_multiplex.shut_bytes
    if not lags:
        return inconclusive("there were no streams, or no events, to see it by")
    if taken > WINDOW_BYTES:
        told = f"{taken} bytes came where the window lets {WINDOW_BYTES} through"
        return _broken(sse_multiplex, "what the window of a stream lets through, and no more", told)
    told = f"beside a stream that took {taken >> 10} KiB and no more"
    if late := sum(lag > sse_target.limits.latency_ms / 1000 for lag in lags):
        expected = "events on the other streams, whatever one of them takes"
        told = f"{told}, an event was late, or did not come, on {late} of {len(lags)}"
        return _broken(sse_multiplex, expected, told)
    if taken < WINDOW_BYTES - LARGE_BYTES:
        return inconclusive(f"{told}: its window was never full")
    return met(f"{told}, the others got an event after {max(lags) * 1000:.1f} ms at most")


def _broken(seen: Multiplex, expected: str, observed: str, head: Head | None = None) -> Judgement:
    shown = "".join(f"{name}: {value}\n" for name, value in head or seen.heads[0])
    again = f"curl -sNi --http2-prior-knowledge -H 'Accept: text/event-stream' {seen.url}"
    return broken(expected, observed, evidence=shown.encode("latin-1", "replace"), reproduce=again)
