"""REPLAY: what a client that comes back gets."""

from conformance.evidence import counted, quoted
from conformance.judge import accepted, broken, head_of, inconclusive, met, noted
from conformance.reading import Reading
from conformance.resumption import First, Resumption, Unknown
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict


@row("SSE-REPLAY-001")
def test_only_what_came_after(sse_resumption: Resumption) -> Judgement:
    """Leave, come back with the last id, and look for what was seen before."""
    story, reader = sse_resumption, sse_resumption.middle
    accepted(reader.reading)
    old = [text for text in reader.texts if text in story.texts[: story.seen]]
    if old:
        observed = f"{len(old)} that the reader had seen before it left"
        return broken("events after the cursor, and no others", observed, reader.reading, at=0)
    if not reader.texts:
        return inconclusive("not one event came after the reconnect", reader.reading)
    return met(f"{len(reader.texts)} events, all after the cursor", reader.reading)


@row("SSE-REPLAY-002")
def test_nothing_is_missing(sse_resumption: Resumption) -> Judgement:
    """Leave, let events be published, come back, and count; a witness stayed."""
    story, reader = sse_resumption, sse_resumption.middle
    accepted(reader.reading)
    away = story.texts[story.seen :]
    missing = [number for number, text in enumerate(away, 1) if text not in reader.texts]
    if missing:
        numbers = ", ".join(map(str, missing))
        observed = f"{len(missing)} did not come (number {numbers}); a witness got them all"
        expected = f"the {len(away)} events that were published while the reader was away"
        return broken(expected, observed, reader.reading, at=0, declared=True)
    return met(f"all {len(away)} events of the absence came", reader.reading)


@row("SSE-REPLAY-006")
def test_a_first_connect(sse_first: First, sse_target: Target) -> Judgement:
    """Publish, connect without a cursor, publish one more, and compare with what the target declares."""
    story, reader = sse_first, sse_first.reader
    accepted(reader.reading)
    declared = sse_target.cursor.first if sse_target.cursor else None
    old = tuple(text for text in reader.texts if text != story.live)
    came = f"{len(old)} of the {counted(len(story.texts), 'event')} from before"
    if story.live not in reader.texts:
        return inconclusive(
            "the event that was published after the response head did not come", reader.reading
        )
    if declared is None:
        return met(f"{came}; the target declares no cursor.first", reader.reading, at=0)
    if old != _firsts(declared, story.texts):
        return broken(f"`{declared}`, as declared", came, reader.reading, at=0, declared=True)
    return met(f"{came}: `{declared}`, as declared", reader.reading, at=0)


@row("SSE-REPLAY-007")
def test_an_unknown_cursor(sse_unknown: Unknown, sse_target: Target) -> Judgement:
    """Come with an id that the server never gave, and compare with what the target declares."""
    reader = sse_unknown.cursor
    head = head_of(reader.reading)
    policy = sse_target.cursor.unknown if sse_target.cursor else None
    seen = _reaction(sse_unknown, sse_target)
    expected = f"`{policy}`, as declared" if policy else "a declared answer to an unknown id"
    if head.status >= 500:
        return broken(f"{expected}, and no server error", head.line, reader.reading)
    types = ", ".join(sorted({quoted(event.type) for event in reader.reading.events}))
    came = f"events: {types}" if types else "no event"
    told = f"{f'`{seen}`' if seen else 'no reaction that has a name'} ({head.line}; {came})"
    if policy is None:
        told = f"{head.line}, and {types or 'no event'} came in {reader.reading.transcript.lasted:.1f} s"
    if policy is not None and policy != seen:
        return broken(expected, told, reader.reading, at=0, declared=True)
    if policy == "live":
        silent = f"{told}, as declared: a client never learns that it missed something"
        return noted(Verdict.WARN, "a sign that the cursor is unknown", silent, reader.reading)
    return met(told, reader.reading, at=0)


@row("SSE-REPLAY-009")
def test_the_newest_id(sse_resumption: Resumption) -> Judgement:
    """Resume from the newest event, then publish one more."""
    story, reader = sse_resumption, sse_resumption.newest
    accepted(reader.reading)
    expected = "nothing old, and the next event as soon as it is published"
    if reader.texts == (story.live,):
        return met("exactly the one event that was published afterwards", reader.reading)
    old = [text for text in reader.texts if text != story.live]
    again = "that event twice" if reader.texts else "not even that event"
    observed = f"{len(old)} from before the reconnect" if old else again
    return broken(expected, observed, reader.reading, at=0)


def _firsts(declared: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """What a newcomer is to get of `texts`."""
    match declared.partition(":"):
        case "none", _, _:
            return ()
        case "all", _, _:
            return texts
        case _, _, count:
            return texts[max(0, len(texts) - int(count)) :]


def _reaction(story: Unknown, target: Target) -> str:
    """What the reader with the unknown id got, in the words of a target file; "" for nothing."""
    reader = story.cursor
    head = head_of(reader.reading)
    if _signalled(reader.reading, target):
        return "signal"
    if not 200 <= head.status < 300:
        return "reject"
    if story.texts and set(story.texts) <= set(reader.texts):
        return "all"
    return "live" if story.live in reader.texts else ""


def _signalled(reading: Reading, target: Target) -> bool:
    signal = target.cursor.signal if target.cursor else None
    if signal is None or reading.head is None:
        return False
    return (
        any(event.type == signal.event for event in reading.events)
        or bool(signal.header and reading.head.all(signal.header))
        or reading.head.status == signal.status
    )
