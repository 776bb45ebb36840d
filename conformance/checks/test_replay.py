"""REPLAY: what a client that comes back gets."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from conformance.captures.channel import Cursor
from conformance.captures.cuts import Chain, Cut
from conformance.captures.resumption import First, Resumption, Unknown
from conformance.captures.retention import Retention
from conformance.captures.seam import Seam, Trial
from conformance.checks.gap import signalled
from conformance.checks.judge import accepted, broken, head_of, inconclusive, met, noted
from conformance.evidence import counted, quoted
from conformance.row import row
from conformance.target import Target
from conformance.verdict import Judgement, Verdict

EVICTED = "so short a history shows nothing; if it is longer, declare cursor.retention"
SILENT = {"live", "all", "oldest"}  # answers to a cursor that is too old


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


@row("SSE-REPLAY-003")
def test_nothing_overtakes_the_replay(sse_seam: Seam) -> Judgement:
    """Publish while a reader's replay stands still, let it read on, and compare with the witness's order."""
    story, reader = sse_seam, sse_seam.reader
    accepted(reader.reading)
    order = {text: number for number, text in enumerate(story.texts)}
    firsts = list(dict.fromkeys(reader.texts))  # what comes twice is another row's matter
    for number, (before, behind) in enumerate(pairwise(firsts), 1):
        if order[behind] < order[before]:
            late = sum(order[text] < order[before] for text in firsts[number:])
            expected = "the replay, and then what was published during it, each in the order of publication"
            observed = f"{counted(late, 'event')} came behind one that was published later"
            return broken(expected, observed, reader.reading, at=_place(reader, behind))
    if len(firsts) < 2:
        return inconclusive("too few events came to have an order", reader.reading)
    return met(f"{_stretched(story)}: {len(firsts)} events in the order of publication", reader.reading)


@row("SSE-REPLAY-004")
def test_nothing_is_lost_at_the_seam(sse_seam: Seam, sse_phases: tuple[Trial, ...]) -> Judgement:
    """Publish while a reader's replay stands still, and in many trials at a random moment; look for gaps."""
    reader = sse_seam.reader
    accepted(reader.reading)
    expected = "every event that a witness, or the answer to its publisher, proves"
    missing = _missing(sse_seam.texts, reader.texts)
    if _ends_alike(sse_seam.texts, reader.texts):
        return inconclusive(f"the first {len(missing)} events did not come: {EVICTED}", reader.reading)
    if missing:
        when = [text for text in missing if text in sse_seam.meanwhile]
        told = (
            f"{counted(len(missing), 'event')} did not come, {len(when)} of them published during the replay"
        )
        return broken(expected, told, reader.reading, at=_end(reader))
    for number, trial in enumerate(sse_phases, 1):
        lost = _missing(trial.texts, trial.reader.texts)
        if lost:
            told = f"{counted(len(lost), 'event')} did not come in trial {number} at a random moment"
            return broken(expected, told, trial.reader.reading, at=_end(trial.reader))
    return met(f"{_stretched(sse_seam)}: none lost; {_bounded(sse_phases)}", reader.reading)


@row("SSE-REPLAY-005")
def test_nothing_comes_twice_at_the_seam(sse_seam: Seam, sse_phases: tuple[Trial, ...]) -> Judgement:
    """Publish during a replay that stands still, and in many trials at a random moment; look for repeats."""
    accepted(sse_seam.reader.reading)
    named = [("during a replay that stood still", sse_seam.reader)]
    named += [
        (f"in trial {number} at a random moment", one.reader) for number, one in enumerate(sse_phases, 1)
    ]
    for when, reader in named:
        again = [text for text, times in Counter(reader.texts).items() if times > 1]
        if again:
            observed = f"{counted(len(again), 'event')} came twice {when}"
            return broken("each event once", observed, reader.reading, at=_place(reader, again[0], last=True))
    return met(f"{_stretched(sse_seam)}: none twice; {_bounded(sse_phases)}", sse_seam.reader.reading)


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


@row("SSE-REPLAY-008")
def test_an_evicted_cursor(sse_retention: Retention, sse_target: Target) -> Judgement:
    """Publish more than is retained, come back with the id before, and compare with what is declared."""
    reader = sse_retention.reader
    head = head_of(reader.reading)
    policy = sse_target.cursor.evicted if sse_target.cursor else None
    expected = f"`{policy}`, as declared" if policy else "a declared answer to an id that is retained no more"
    if head.status >= 500:
        return broken(f"{expected}, and no server error", head.line, reader.reading)
    if set(sse_retention.texts) <= set(reader.texts):
        told = f"all {len(sse_retention.texts)} events since came: more is retained than the declared"
        return inconclusive(f"{told} {sse_retention.count}, and nothing was evicted", reader.reading)
    seen = _eviction(sse_retention, sse_target)
    left = sum(text != sse_retention.live for text in reader.texts)
    told = f"{f'`{seen}`' if seen else 'no reaction that has a name'} ({head.line}; {left} events replayed)"
    if policy is not None and policy != seen and {policy, seen} != {"all", "oldest"}:
        return broken(expected, told, reader.reading, at=0, declared=True)
    if seen in SILENT:
        silent = f"{told}: a client never learns that it missed something"
        return noted(Verdict.WARN, "a sign that events are missing", silent, reader.reading)
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


@row("SSE-REPLAY-010")
def test_a_cut_does_not_move_the_cursor(sse_cuts: tuple[Cut, ...]) -> Judgement:
    """Cut readers at exact bytes inside an event, by FIN and by reset; come back with the id before it."""
    for cut in sse_cuts:
        accepted(cut.back.reading)
        if cut.text not in cut.back.texts:
            observed = f"cut {cut.where}, by {cut.how}: it did not come again"
            return broken("the event comes again, whole", observed, cut.back.reading, at=0)
    reached = list(dict.fromkeys(cut.where for cut in sse_cuts if cut.reached))
    if not reached:
        return inconclusive("no reader got as far into the event as the witness did", sse_cuts[0].before)
    ways = " and ".join(dict.fromkeys(cut.how for cut in sse_cuts if cut.reached))
    return met(
        f"cut {', '.join(reached)}, by {ways}: it came again each time", sse_cuts[0].back.reading, at=0
    )


@row("SSE-REPLAY-011")
def test_cuts_add_up(sse_chain: Chain, sse_target: Target) -> Judgement:
    """Cut a reader ten times at random bytes while events are published, and put together what it got."""
    story = sse_chain
    for reading in story.readings:
        accepted(reading)
    repeats = sse_target.cursor is not None and sse_target.cursor.delivery == "at-least-once"
    got = tuple(dict.fromkeys(story.got)) if repeats else story.got
    times = counted(len(story.readings) - 1, "cut")
    if got == story.texts:
        return met(f"{len(got)} events over {times}, each {'at least ' * repeats}once and in order")
    missing = _missing(story.texts, got)
    told = [counted(len(missing), "event") + " missing"] if missing else []
    told += [f"{len(got) - len({*got})} repeated"] if len({*got}) < len(got) else []
    observed = f"after {times}: {', '.join(told) or 'another order'}"
    return broken(
        f"the {len(story.texts)} events that were published, in order", observed, story.readings[-1]
    )


@row("SSE-REPLAY-012")
def test_readers_resume_undisturbed(sse_readers: tuple[Trial, ...]) -> Judgement:
    """Let readers come back at once, each with another id, and compare with what each of them is to get."""
    for number, trial in enumerate(sse_readers, 1):
        reader = trial.reader
        accepted(reader.reading)
        if reader.texts != trial.texts:
            missing, count = _missing(trial.texts, reader.texts), len(trial.texts)
            others = len(reader.texts) - (count - len(missing))
            who = f"reader {number} of {len(sse_readers)}"
            if _ends_alike(trial.texts, reader.texts):
                return inconclusive(f"{who} lacks the first {len(missing)}: {EVICTED}", reader.reading)
            observed = f"{who}: {len(missing)} of {count} missing, {others} that it had or got twice"
            expected = "for each reader what follows its own id, in order"
            return broken(expected, observed, reader.reading, at=0)
    counts = ", ".join(str(len(trial.texts)) for trial in sse_readers)
    told = (
        f"{len(sse_readers)} readers, stalled in their replays at once: {counts} events, as each was to get"
    )
    return met(told, sse_readers[0].reader.reading)


def _missing(sent: Sequence[str], got: Sequence[str]) -> list[str]:
    there = set(got)
    return [text for text in sent if text not in there]


def _ends_alike(sent: Sequence[str], got: Sequence[str]) -> bool:
    """Whether what came is the end of what was sent, and nothing but the beginning is missing."""
    return 0 < len(got) < len(sent) and [*sent[-len(got) :]] == [*got]


def _place(reader: Cursor, text: str, *, last: bool = False) -> int:
    """Where in the body an event begins, for the first time or the last."""
    found = [place for got, place in zip(reader.texts, reader.places, strict=True) if got == text]
    return found[-1 if last else 0]


def _end(reader: Cursor) -> int:
    """Where the last event begins that came."""
    return reader.places[-1] if reader.places else 0


def _stretched(story: Seam) -> str:
    published = f"{len(story.meanwhile)} events published during a stalled replay"
    return f"{published} of {len(story.backlog) - 1}"


def _bounded(trials: Sequence[Trial]) -> str:
    """What many trials without a finding say: 0 of n is less than 3/n, with 95 % confidence."""
    if not trials:
        return "no trials at random moments"
    return f"0 of {len(trials)} trials at random moments, which bounds it to {3 / len(trials):.1%} (95 %)"


def _firsts(declared: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    """What a newcomer is to get of `texts`."""
    match declared.partition(":"):
        case "none", _, _:
            return ()
        case "all", _, _:
            return texts
        case _, _, count:
            return texts[max(0, len(texts) - int(count)) :]


def _eviction(story: Retention, target: Target) -> str:
    """What the reader with the evicted id got, in the words of a target file; "" for nothing."""
    reader = story.reader
    if signalled(reader.reading, target):
        return "signal"
    if not 200 <= head_of(reader.reading).status < 300:
        return "reject"
    if set(reader.texts) & set(story.texts):
        return "oldest"
    return "live" if story.live in reader.texts else ""


def _reaction(story: Unknown, target: Target) -> str:
    """What the reader with the unknown id got, in the words of a target file; "" for nothing."""
    reader = story.cursor
    head = head_of(reader.reading)
    if signalled(reader.reading, target):
        return "signal"
    if not 200 <= head.status < 300:
        return "reject"
    if story.texts and set(story.texts) <= set(reader.texts):
        return "all"
    return "live" if story.live in reader.texts else ""
