"""DATA: payloads arrive as they were published."""

from conformance.exchange import Trials
from conformance.payloads import intact, normalised
from conformance.row import Payload, row
from conformance.verdict import Judgement

LOOKALIKES = (":x", "data: x", "id: 7", "event: e", "retry: 1")


@row("SSE-DATA-001", *(Payload(data) for data in ("a\nb", "a\n\nb", "\n\n")))
def test_line_feeds(sse_trials: Trials) -> Judgement:
    """Publish payloads of several lines, empty ones among them."""
    return intact(sse_trials)


@row("SSE-DATA-002", *(Payload(data) for data in ("a\rb", "a\r\nb", "a\r\r\nb")))
def test_carriage_returns(sse_trials: Trials) -> Judgement:
    """Publish payloads with CR and CRLF."""
    return intact(sse_trials, accept=normalised, may_refuse=True)


@row("SSE-DATA-003", Payload("x\n"), Payload("x\n\n"))
def test_trailing_line_breaks(sse_trials: Trials) -> Judgement:
    """Publish payloads that end in line breaks."""
    return intact(sse_trials)


@row("SSE-DATA-004", *(Payload(data) for data in ("  x", "\tx", "x ", " ")))
def test_blanks(sse_trials: Trials) -> Judgement:
    """Publish payloads that begin or end with blanks and tabs."""
    return intact(sse_trials)


@row("SSE-DATA-005", *(Payload(text) for line in LOOKALIKES for text in (line, f"a\n{line}")))
def test_payloads_that_look_like_lines(sse_trials: Trials) -> Judgement:
    """Publish payloads that read like comments and fields, as a first line and as a second."""
    return intact(sse_trials)


@row(
    "SSE-DATA-006",
    *(Payload(text) for text in ("a\u2028b\u2029c\x85d", "a\x0bb\x0cc", "a\x1cb\x1dc\x1ed\x1fe")),
    Payload('{"text": "a\u2028b\u2029c\x85d"}'),
)
def test_unicode_line_separators(sse_trials: Trials) -> Judgement:
    """Publish what Unicode, but not the standard, takes for a line end."""
    return intact(sse_trials)
