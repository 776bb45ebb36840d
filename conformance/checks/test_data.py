"""DATA: payloads arrive as they were published."""

from collections.abc import Sequence

from conformance.captures.burst import ENOUGH, Burst
from conformance.captures.exchange import Trials
from conformance.captures.large import Large
from conformance.captures.unencodable import Attempt
from conformance.checks.judge import broken, inconclusive, met
from conformance.checks.payloads import intact, normalised
from conformance.eventstream import first_invalid_utf8
from conformance.evidence import counted, quoted
from conformance.row import Payload, row
from conformance.target import Target
from conformance.verdict import Judgement

CHARACTERS = (
    "e\u0301 ñ é € 한 \u200d 😀 👩\u200d👩\u200d👧 \U0010fffd"  # of one to four bytes, and in sequences
)
LONG = 1 << 16  # bytes, longer than most buffers
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


@row("SSE-DATA-007", Payload(CHARACTERS), *(Payload("x" * shift + "€" * (LONG // 3)) for shift in range(3)))
def test_characters_across_buffers(sse_trials: Trials) -> Judgement:
    """Publish characters of all lengths, and 64 KiB of one of three bytes, shifted by 0, 1 and 2 bytes."""
    return intact(sse_trials)


@row("SSE-DATA-008")
def test_large_events(sse_large: Sequence[Large]) -> Judgement:
    """Publish 1 MiB, or as much as is taken, in one line and in many; compare every character."""
    for one in sse_large:
        expected = f"{len(one.text)} characters in {one.label}, as they were published"
        if one.text in one.came:
            continue
        if not one.came:
            end = one.reading.transcript.end or "the stream went on" if one.after else "so did what followed"
            return broken(expected, f"accepted, and it never came: {end}", one.reading)
        first = one.came[0] or ""
        parting = (
            f"the first of {len(first)} characters, other ones from number {_parting(one.text, first)} on"
        )
        observed = f"{counted(len(one.came), 'event')} came, {parting}"
        return broken(expected, observed, one.reading, at=one.end)
    sizes = ", ".join(f"{len(one.text)} characters in {one.label}" for one in sse_large)
    refusals = {one.refused for one in sse_large if one.refused}
    return met("; ".join([f"{sizes} came intact", *sorted(refusals)]), sse_large[-1].reading)


def _parting(published: str, came: str) -> int:
    """The first character that differs."""
    pairs = enumerate(zip(published, came, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(published), len(came)))


@row("SSE-DATA-009")
def test_burst(sse_burst: Burst, sse_target: Target) -> Judgement:
    """Publish 1 000 numbered events without a pause, or as many as can be in 5 s."""
    expected = "all of them, each an event of its own, in the order in which they were published"
    texts, reader = sse_burst.texts, sse_burst.reader
    count = f"{counted(len(texts), 'event')} in {sse_burst.seconds:.1f} s"
    if len(texts) < ENOUGH:
        return inconclusive(f"no burst: {count}", reader.reading)
    delivery = sse_target.cursor.delivery if sse_target.cursor else None
    came = tuple(dict.fromkeys(reader.texts)) if delivery == "at-least-once" else reader.texts
    missing = [text for text in texts if text not in set(came)]
    if missing and delivery != "at-most-once":
        how = f"; the stream was ended: {sse_burst.end}" if sse_burst.end else ""
        at = max(0, reader.reading.body.find(missing[0].encode()))
        told = (
            f"of {count}, {len(missing)} did not come as events of their own, {quoted(missing[0])} first{how}"
        )
        return broken(expected, told, reader.reading, at=at)
    due = [text for text in texts if text in set(came)]
    if list(came) != due:
        wrong = next(
            at for at, (one, other) in enumerate(zip(came, [*due, ""], strict=False)) if one != other
        )
        told = f"of {count}, {quoted(came[wrong])} came out of turn, or twice"
        return broken(expected, told, reader.reading, at=reader.places[wrong])
    return met(f"{count}, {len(came)} came, in order", reader.reading)


@row("SSE-DATA-010")
def test_what_cannot_be_encoded(sse_unencodable: Sequence[Attempt]) -> Judgement:
    """Publish a lone surrogate, and a byte that is no UTF-8, each followed by a good event."""
    tried = [one for one in sse_unencodable if one.receipt.accepted or one.receipt.request is not None]
    expected = "a 4xx to the publisher, or an event with a replacement; and then the next event"
    for one in tried:
        told = f"{one.label} was answered {one.receipt.text}"
        if not one.alive:
            end = one.reading.transcript.end or "the next event did not come"
            return broken(expected, f"{told}, and then: {end}", one.reading, at=one.begin)
        if one.receipt.accepted and not one.came:
            return broken(expected, f"{told}, and never came", one.reading, at=one.begin)
        invalid = first_invalid_utf8(bytes(one.reading.body), final=False)
        if invalid is not None:
            return broken(expected, f"{told}, and came as bytes that are no UTF-8", one.reading, at=invalid)
    if not tried:
        return inconclusive("the target's template cannot carry what is no text")
    return met("; ".join(f"{one.label}: {one.receipt.text}" for one in tried), tried[-1].reading)
