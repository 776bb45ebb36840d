"""HTTP: the response head, methods, status."""

from conformance.judge import accepted, broken, head_of, met, noted
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

OK = 200
EVENT_STREAM = "text/event-stream"


@row("SSE-HTTP-001")
def test_status(sse_opening: Reading) -> Judgement:
    """Subscribe, and read the status line."""
    head = head_of(sse_opening)
    if 200 < head.status < 300:
        return broken("status 200", f"{head.line}: clients give up for good", sse_opening)
    return met(accepted(sse_opening).line, sse_opening)


@row("SSE-HTTP-002")
def test_content_type(sse_opening: Reading) -> Judgement:
    """Subscribe, and read the fields one by one: a client library may have joined two of them."""
    head = accepted(sse_opening)
    found = head.all("content-type")
    if len(found) != 1:
        return broken("one Content-Type", f"{len(found)} of them: {found}", sse_opening)
    if head.media_type != EVENT_STREAM:
        return broken(f"the media type {EVENT_STREAM}", f"Content-Type: {found[0]}", sse_opening)
    return met(f"Content-Type: {found[0]}", sse_opening)


@row("SSE-HTTP-004")
def test_head_comes_at_once(sse_opening: Reading, sse_target: Target) -> Judgement:
    """Subscribe where nothing is published, and time the head."""
    budget = sse_target.limits.head_ms
    head = accepted(sse_opening)
    took = f"{head.seconds * 1000:.0f} ms"
    if head.seconds * 1000 > budget:
        observed = f"no head in {budget} ms of silence; it came after {took}"
        return broken(f"the response head within {budget} ms", observed, sse_opening)
    return met(f"the head came after {took}, while nothing was published", sse_opening)


@row("SSE-HTTP-005")
def test_no_content_length(sse_opening: Reading, sse_target: Target) -> Judgement:
    """Subscribe, and look for a length."""
    found = accepted(sse_opening).all("content-length")
    if found and not sse_target.subscribe.finite:
        observed = f"Content-Length: {', '.join(found)}: a client reads so many bytes and no more"
        return broken("no Content-Length on a stream without an end", observed, sse_opening)
    return met("no Content-Length" if not found else "a finite stream with its length", sse_opening)


@row("SSE-HTTP-009")
def test_head_request(sse_head: Reading, sse_opening: Reading) -> Judgement:
    """Send HEAD on a socket of our own, and listen on after the head."""
    watched = f"in {sse_head.transcript.lasted:.1f} s"
    got = accepted(sse_opening)
    if sse_head.head is None and not sse_head.malformed:
        end = sse_head.transcript.end
        observed = f"no response, and the connection ended: {end}" if end else f"no response {watched}"
        return broken("a response head, and nothing more", observed, sse_head)
    head = head_of(sse_head)
    if sse_head.after:
        observed = f"{len(sse_head.after)} bytes of a body {watched}"
        return broken("no body after HEAD", observed, sse_head, evidence=sse_head.after[:80])
    if got.media_type == EVENT_STREAM and (head.status, head.media_type) != (got.status, got.media_type):
        told = f"{head.line}, {head.media_type or 'no Content-Type'}; GET: {got.line}, {got.media_type}"
        return noted(Verdict.WARN, "the same status and Content-Type as for GET", told, sse_head)
    return met(f"{head.line}, and no byte of a body {watched}", sse_head)
