"""HTTP: the response head, methods, status."""

import re
from collections.abc import Mapping

from conformance.applies import ABSENT
from conformance.captures.capacity import Capacity
from conformance.captures.ending import Ending
from conformance.captures.negotiation import ACCEPTED
from conformance.captures.refusals import Refusal
from conformance.checks.bare import bare
from conformance.checks.bodies import Bodies
from conformance.checks.chunks import chunks
from conformance.checks.fields import parameters, tokens
from conformance.checks.judge import accepted, broken, head_of, inconclusive, met, noted
from conformance.evidence import counted, excerpt
from conformance.reading import Reading
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Unjudged, Verdict

OK, NOT_ALLOWED, SERVER_ERROR, NOT_IMPLEMENTED = 200, 405, 500, 501
REFUSED = range(400, 500)
BUSY = (429, 503)
RETRY_AFTER = re.compile(r"[0-9]+|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT")  # 10.2.3
EVENT_STREAM = "text/event-stream"
HTTP = b"HTTP/1."


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


@row("SSE-HTTP-003")
def test_charset(sse_opening: Reading) -> Judgement:
    """Subscribe, and read how the Content-Type is written."""
    value = accepted(sse_opening).all("content-type")[0]
    name, given = value.partition(";")[0].strip(), parameters(value)
    observed = f"Content-Type: {value}"
    if any(label.lower() != "utf-8" for parameter, label in given if parameter == "charset"):
        told = f"{observed}: some browsers give up, all others read UTF-8"
        return broken("charset=utf-8, or no charset", told, sse_opening)
    if name != name.lower():
        told = f"{observed}: legal, but clients that compare letter by letter refuse it"
        return broken(f"{EVENT_STREAM} in lower case", told, sse_opening)
    if any(parameter != "charset" for parameter, _ in given):
        return noted(Verdict.INFO, "no parameter but charset", observed, sse_opening)
    return met(observed, sse_opening)


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


@row("SSE-HTTP-006")
def test_one_way_to_end(sse_opening: Reading) -> Judgement:
    """Subscribe, and look for two fields that contradict each other."""
    head = accepted(sse_opening)
    found = {name: head.all(name) for name in ("Content-Length", "Transfer-Encoding") if head.all(name)}
    observed = ", ".join(f"{name}: {', '.join(values)}" for name, values in found.items())
    if len(found) > 1:
        return broken("one of Content-Length and Transfer-Encoding, or neither", observed, sse_opening)
    return met(observed or "neither Content-Length nor Transfer-Encoding", sse_opening)


@row("SSE-HTTP-007")
def test_chunks(sse_messages: tuple[Reading, ...], sse_target: Target) -> Judgement:
    """Take several streams apart, chunk by chunk; one of them to its end, where the target has such."""
    last, count = sse_messages[-1], 0
    whole = last.complete
    for reading in sse_messages:
        if "chunked" not in tokens(accepted(reading).all("transfer-encoding")):
            continue
        sent = _as_sent(reading)
        found = chunks(sent)
        count += found.count
        whole = found.ended if reading is last else whole
        if found.wrong:
            observed = (
                f"{found.wrong}: byte {found.at} of the coded body, after {counted(found.count, 'chunk')}"
            )
            at, _ = excerpt(sent, found.at)
            return broken("chunks: size, line end, data, line end", observed, reading, evidence=at)
    if sse_target.subscribe.ends and not whole:
        end = last.transcript.end or "it is still open"
        observed = f"{accepted(last).line}, and the message was cut off: {end}"
        return broken("a finite stream that ends as its head says", observed, last, at=len(last.body))
    coded = f"{counted(count, 'chunk')} in {counted(len(sse_messages), 'stream')}"
    return met(coded if count else "no chunked coding: the stream ends with the connection", last)


@row("SSE-HTTP-008")
def test_http_1_0(sse_http10: Reading, sse_target: Target) -> Judgement:
    """Subscribe in HTTP/1.0; to the end, where the target has streams that end by themselves."""
    head = head_of(sse_http10)
    coding, kept = head.all("transfer-encoding"), "keep-alive" in tokens(head.all("connection"))
    if coding:
        observed = f"Transfer-Encoding: {', '.join(coding)}, which HTTP/1.0 does not know"
        return broken("no Transfer-Encoding", observed, sse_http10)
    if head.status != OK:
        return broken("a stream for a client of HTTP/1.0", head.line, sse_http10, declared=True)
    if kept and not head.all("content-length"):
        observed = "Connection: keep-alive, and no Content-Length: nothing marks the end"
        return broken("a stream that ends by closing", observed, sse_http10)
    if not sse_target.subscribe.ends:
        return met(f"{head.line}, no Transfer-Encoding; its end was not awaited", sse_http10)
    if not sse_http10.complete:
        observed = f"not closed {sse_http10.transcript.lasted:.0f} s after the request: {_seen(sse_http10)}"
        return broken("the connection closed at the end of a finite stream", observed, sse_http10)
    return met(f"{head.line}, no Transfer-Encoding, and closed at the end", sse_http10)


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


@row("SSE-HTTP-010")
def test_other_methods(sse_methods: Mapping[str, Reading]) -> Judgement:
    """Send methods that a stream has no use for, and wait for the end of each answer."""
    for method, reading in sse_methods.items():
        head, lasted = reading.head, f"{reading.transcript.lasted:.1f} s"
        if head is None:
            return broken(f"a response to {method}", _silence(reading), reading)
        if not reading.complete:
            ended = reading.transcript.end or f"still open after {lasted}"
            observed = f"{head.line}, {head.media_type or 'no Content-Type'}, {ended}"
            return broken(f"a response to {method} that ends, and no stream", observed, reading)
        if head.status == NOT_ALLOWED and not head.all("allow"):
            return broken("an Allow field with 405", f"{method}: {head.line}, and no Allow", reading)
        if head.status >= SERVER_ERROR and head.status != NOT_IMPLEMENTED:
            return broken(f"405 for {method}, or another answer of 2xx to 4xx", head.line, reading)
    told = ", ".join(f"{method}: {head_of(reading).line}" for method, reading in sse_methods.items())
    only = "" if len(sse_methods) > 1 else "; DELETE and PATCH need `politeness.allow_attacks` in the target"
    return met(f"{told}{only}", next(iter(sse_methods.values())))


@row("SSE-HTTP-011")
def test_accept(sse_negotiation: Mapping[str, Reading], sse_opening: Reading) -> Judgement:
    """Subscribe with several values of Accept, and without the field."""
    accepted(sse_opening)
    for name, reading in sse_negotiation.items():
        takes, head = name in ACCEPTED, reading.head
        expected = f"the stream for {name}" if takes else f"406 or the stream for {name}"
        if head is None:
            return broken(expected, _silence(reading), reading)
        if takes and (head.status, head.media_type) != (OK, EVENT_STREAM):
            return broken(expected, f"{head.line}, {head.media_type or 'no Content-Type'}", reading)
        if head.status >= SERVER_ERROR:
            return broken(expected, head.line, reading)
    return met("; ".join(f"{name}: {head_of(reading).line}" for name, reading in sse_negotiation.items()))


@row("SSE-HTTP-012")
def test_refusals(sse_refusals: Mapping[str, Refusal]) -> Judgement:
    """Send what the target declares to be bad; and come without credentials, where it has any."""
    if not sse_refusals:
        raise Unjudged(Verdict.NOT_APPLICABLE, f"{ABSENT}: [subscribe] bad_requests")
    for name, refusal in sse_refusals.items():
        reading, statuses = refusal.reading, refusal.expected
        expected = f"{name}: {' or '.join(map(str, statuses)) or 'a status of 4xx'}, before any stream"
        if reading.head is None:
            return broken(expected, _silence(reading), reading, declared=True)
        if reading.head.status not in (statuses or REFUSED):
            return broken(expected, _seen(reading), reading, declared=True)
    told = ", ".join(f"{name}: {head_of(one.reading).line}" for name, one in sse_refusals.items())
    return met(told, next(iter(sse_refusals.values())).reading)


@row("SSE-HTTP-013")
def test_no_bare_error(sse_errors: Bodies, sse_target: Target) -> Judgement:
    """Look for JSON, HTML and status text among all lines; provoke a fault, where one is declared."""
    expected = "an error as an event of its own, or an end of the stream"
    if not sse_errors.size:
        return inconclusive("not one byte of a body came")
    found = bare(sse_errors)
    if found:
        reading, at, text = found
        return broken(expected, f"a line of no field: {text} (byte {at})", reading, at=at)
    hook = bool(sse_target.faults and sse_target.faults.midstream)
    told = "one after a fault that was provoked" if hook else "no fault was provoked"
    return met(f"{sse_errors.size} bytes in {counted(len(sse_errors.readings), 'stream')}; {told}")


@row("SSE-HTTP-014")
def test_after_the_end(sse_ending: Ending, sse_target: Target) -> Judgement:
    """Read a stream to its end, and come back with the last id, as browsers do."""
    reading, again, cursor = sse_ending.reading, sse_ending.again, sse_target.cursor
    if again is None:
        raise Unjudged(Verdict.NOT_APPLICABLE, f"{ABSENT}: a stream by GET, with which browsers come back")
    if len(reading.events) < len(sse_ending.texts):
        told = f"{len(reading.events)} of {len(sse_ending.texts)} events of the stream could be read"
        raise Unjudged(Verdict.DEPENDENCY, f"SSE-FRAME-003: {told}")
    resumes = cursor is not None and cursor.supported
    if resumes and not all(event.last_event_id for event in reading.events):
        raise Unjudged(Verdict.DEPENDENCY, "SSE-ID-001: the stream has no last id to come back with")
    head = head_of(again)
    if head.status != OK:
        return met(f"back with the last id: {head.line}", again)
    signal = cursor.signal if cursor else None
    if signal and (any(one.type == signal.event for one in again.events) or head.all(signal.header or "")):
        return met("back with the last id: the declared signal that nothing can be resumed", again)
    seen = {event.data for event in reading.events}
    if resumes and any(event.data in seen for event in again.events):
        raise Unjudged(Verdict.DEPENDENCY, "SSE-REPLAY-009: a resume repeats what was seen")
    observed = f"{head.line}, and {counted(len(again.events), 'event')}: a browser comes back for ever"
    return broken("204, or another status than 200, once the end was reached", observed, again)


@row("SSE-HTTP-015")
def test_refused_for_load(sse_capacity: Capacity) -> Judgement:
    """Open one stream more than there may be, and read the answer."""
    newcomer = sse_capacity.newcomer
    if newcomer is None:
        return inconclusive(f"nobody was refused: {counted(sse_capacity.held, 'stream')} could be opened")
    expected = "429 or 503, with Retry-After"
    if newcomer.head is None:
        end = newcomer.malformed or newcomer.transcript.end or "no answer"
        return broken(expected, f"no response: {end}", newcomer)
    head, after = newcomer.head, newcomer.head.all("retry-after")
    if head.status == OK:
        raise Unjudged(Verdict.DEPENDENCY, "SSE-CONN-008: nobody was refused")
    if head.status not in BUSY:
        return broken(expected, head.line, newcomer)
    if len(after) != 1 or not RETRY_AFTER.fullmatch(after[0]):
        told = f"Retry-After: {after[0]}" if after else "no Retry-After"
        return broken(expected, f"{head.line}, {told}", newcomer)
    return met(f"{head.line}, Retry-After: {after[0]}", newcomer)


@row("SSE-HTTP-017")
def test_connection_after_the_end(sse_ending: Ending) -> Judgement:
    """Read a stream to its end, and send a HEAD on the same connection."""
    reading, then = sse_ending.reading, sse_ending.then
    if not reading.complete:
        return inconclusive(f"the message did not end as its head says: {reading.transcript.end}", reading)
    if then is None:
        return met("that the connection ends with the stream was said in its head", reading)
    if then.startswith(HTTP):
        line = then.splitlines()[0].decode("latin-1")
        return met(f"the connection was used again: {line}", reading)
    observed = "closed without notice" if not then else f"{len(then)} bytes that are no response"
    expected = "a connection that takes another request, or Connection: close"
    return broken(expected, observed, reading, evidence=then[:80])


def _as_sent(reading: Reading) -> bytes:
    """The body with its chunks."""
    raw = b"".join(arrival.data for arrival in reading.transcript.arrivals)
    head = accepted(reading).raw + b"\r\n\r\n"
    return raw[raw.index(head) + len(head) :]


def _silence(reading: Reading) -> str:
    """What came instead of a response."""
    end = reading.malformed or reading.transcript.end
    lasted = f"in {reading.transcript.lasted:.1f} s"
    return f"no response, and the connection ended: {end}" if end else f"no response {lasted}"


def _seen(reading: Reading) -> str:
    head = head_of(reading)
    events = f", and {counted(len(reading.events), 'event')}" if reading.events else ""
    return f"{head.line}, {head.media_type or 'no Content-Type'}{events}"
