"""All payloads of a run, published one after another on one channel, and what came of them. Judges nothing.

Between any two payloads a fence is published: plain text that no server has a reason to change. What comes
between two fences belongs to the payload between them, whatever became of it. (A stranger's server is spared
some of the fences: see plan.py.) A server may end the subscriber's stream at a payload. Then that payload is
tried once more on a stream of its own, and the others on the next.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from conformance.captures.plan import HARMLESS, plan
from conformance.eventstream import Block, Event
from conformance.evidence import counted, publishing, quoted
from conformance.publishers.publisher import Receipt
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["HARMLESS", "Exchange", "Hello", "Trial", "Trials", "exchange"]

HELLOS = 5  # until the subscription is live
BREATH_SECONDS = 0.1  # servers may write an event in pieces
PATIENCE_SECONDS = 5.0  # for a head, and for the last fence
UNTRIED = Receipt(accepted=True, text="not published", request=None)


@dataclass(frozen=True, slots=True)
class Trial:
    """A payload, what the server said to its publisher, and what came between the fences around it.

    `fenced` is False where a fence did not come as an event of its own; nothing can be said then, but where
    the payload `ended` the stream twice. `payloads` are those of the events, unwrapped. `at` is where the
    fence in front of them ends in the body of `reading`.
    """

    payload: Payload
    receipt: Receipt
    fenced: bool
    blocks: tuple[Block, ...]
    events: tuple[Event, ...]
    payloads: tuple[str | None, ...]
    at: int = 0
    reading: Reading | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Trials:
    """Those of one row, beside harmless ones.

    `controls` are harmless payloads, each with another set of fields. `lost` says why fences are missing, if
    that is known.
    """

    reading: Reading
    controls: Mapping[frozenset[str], Trial]
    trials: tuple[Trial, ...]
    lost: str = ""

    def again(self, trial: Trial) -> str:
        """A command that publishes the payload of `trial` while another one listens."""
        return publishing((trial.reading or self.reading).transcript, trial.receipt.request)


@dataclass(frozen=True, slots=True)
class Hello:
    """One event, published into silence. Times are in seconds since the subscriber's request."""

    at: int  # offset of its text in the body
    came: float  # when the text was there
    closed: float | None  # when the blank line was; None as long as nothing else was published
    interrupted: bool  # a comment, or another event, came before the blank line, and not in the same breath
    text: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One subscriber's stream, and where everything in it came from."""

    reading: Reading
    hello: Hello
    texts: tuple[str, ...]  # each the payload of an event of its own
    trials: Mapping[str, Trials]  # by row
    left_out: Mapping[str, str]  # why a row's payloads were not published

    def of(self, row: str) -> Trials:
        """What became of the payloads of a row. Raises Unjudged where they were left out."""
        if row in self.left_out:
            raise Unjudged(Verdict.SKIP, self.left_out[row])
        return self.trials[row]

    @property
    def written(self) -> tuple[tuple[int, int], ...]:
        """Where payloads may have written lines of their own: offsets of the body."""
        here = [
            one for trials in self.trials.values() for one in trials.trials if one.reading is self.reading
        ]
        return tuple((one.blocks[0].begin, one.blocks[-1].end) for one in here if one.blocks)


@dataclass(frozen=True, slots=True)
class Passage:
    """Groups of payloads on one stream: those that came `through`, fenced, and the `rest`."""

    reading: Reading
    hello: Hello
    fences: tuple[str, ...]
    through: Sequence[Sequence[Trial]]
    rest: Sequence[Sequence[Trial]]
    ended: bool


def exchange(subject: Subject, rows: Mapping[str, Sequence[Payload]]) -> Exchange:
    """Publish what each row wants, and read until the last fence. Raises Unjudged where nothing arrives."""
    planned = plan(subject.target, rows)
    first = last = _passage(subject, planned.groups)
    found, suspect = [*first.through], len(first.through)
    while last.ended and not planned.sparing and len(found) < len(planned.groups):
        try:
            last = _passage(subject, planned.groups[len(found) :])
        except Unjudged:  # then the rest is lost with it
            break
        found += last.through
        again = last.ended and suspect == len(found)
        if again:
            found.append([replace(last.rest[0][0], fenced=True, ended=True)])
        suspect = -1 if again else len(found)
    found += last.rest[len(last.rest) + len(found) - len(planned.groups) :]  # as far as it is not there yet
    trials = [trial for group in found for trial in group]
    controls = {one.payload.fields: one for one in trials[: len(planned.controls)]}
    rest = iter(trials[len(planned.controls) :])
    lost = _why_lost(subject, last)
    by_row = {
        row: Trials(first.reading, controls, tuple(next(rest) for _ in many), lost)
        for row, many in planned.rows.items()
    }
    return Exchange(first.reading, first.hello, first.fences, by_row, planned.left_out)


def _passage(subject: Subject, groups: Sequence[Sequence[Payload]]) -> Passage:
    """Raises Unjudged where nothing arrives."""
    channel = subject.channel()
    stream = subject.subscribe("the subscriber of all payloads", channel)
    stream.wait(lambda reading: reading.head, subject.head_seconds)
    hello = _greet(subject, channel, stream)
    fences = [hello.text, *(f"fence-{subject.nonce}-{number}." for number, _ in enumerate(groups, 1))]
    receipts = _publish_between(subject, stream, channel, groups, fences)
    stream.wait(lambda reading: subject.dispatched(fences[-1], reading), PATIENCE_SECONDS)
    reading = Reading.of(stream.transcript)
    places = _places(subject, reading, fences)
    through = next((number for number, place in enumerate(places) if place is None), len(places)) - 1
    ended = bool(reading.transcript.end or reading.complete)
    if ended and through < len(groups):
        places[through + 1] = len(reading.blocks)  # whatever came until the end
    tried = [
        [
            _trial(subject, reading, places[number : number + 2], payload, receipt)
            for payload, receipt in zip(group, receipts[number], strict=True)
        ]
        for number, group in enumerate(groups)
    ]
    if ended and through < len(groups):
        tried[through] = [replace(trial, fenced=False) for trial in tried[through]]
    return Passage(reading, hello, tuple(fences), tried[:through], tried[through:], ended)


def _greet(subject: Subject, channel: str, stream: WireStream) -> Hello:
    """Publish one event and keep silent until it came; again where the subscription was not live yet."""
    for number in range(HELLOS):
        text = f"hello-{subject.nonce}-{number}."
        receipt = subject.publish(channel, Payload(text))
        if not receipt.accepted:
            raise Unjudged(Verdict.INCONCLUSIVE, f"nothing can be published: {receipt.text}")
        if stream.wait(partial(_found, text), subject.latency_seconds) is not None:
            stream.wait(partial(subject.dispatched, text), 2 * subject.latency_seconds)
            return _hello(stream.reading, text)
    raise Unjudged(
        Verdict.INCONCLUSIVE,
        f"{HELLOS} events were published and accepted, and none came to the subscriber: do [subscribe] and "
        "[publish] of the target name the same channel?",
    )


def _hello(reading: Reading, text: str) -> Hello:
    at = _found(text, reading) or 0
    came = reading.seconds_at(at)
    block = next((one for one in reading.blocks if one.begin <= at < one.end), None)
    closed = reading.dispatched(block) if block else None
    fields = block.fields if block else reading.unfinished.fields if reading.unfinished else ()
    strange = [field for field in fields if field.offset > at and field.name in {"", "data"}]
    late = any(reading.seconds_at(field.offset) - came > BREATH_SECONDS for field in strange)
    return Hello(at, came, closed, interrupted=late, text=text)


def _why_lost(subject: Subject, passage: Passage) -> str:
    """Why harmless events may be missing, or come as another text; "" where nothing tells."""
    reading = passage.reading
    if passage.ended:
        how = "by the server" if reading.complete else f"({reading.transcript.end})"
        when = f"when {quoted(passage.rest[0][0].payload.told)} was published" if passage.rest else "at once"
        after = f"after {counted(len(reading.events), 'event')}"
        return f"the subscriber's stream was ended {how} {after}, {when}: nothing else could be tried on it"
    for event in reading.events:
        if event.begin <= passage.hello.at < event.end:
            if (subject.payload(event.data) or "").startswith("hello-"):
                return ""
            kind = subject.target.publish.unwrap.kind if subject.target.publish else "raw"
            told = f"plain text came as {quoted(event.data)}, which is not what `unwrap` says ({kind!r})"
            return f'{told}: does the target need [publish] unwrap = {{ kind = "json" }}, or another?'
    return ""


def _found(text: str, reading: Reading) -> int | None:
    """The offset of `text` in the body, also in Base64."""
    places = [reading.body.find(form) for form in (text.encode(), b64encode(text.encode()))]
    return next((place for place in places if place >= 0), None)


def _publish_between(
    subject: Subject,
    stream: WireStream,
    channel: str,
    groups: Sequence[Sequence[Payload]],
    fences: Sequence[str],
) -> list[list[Receipt]]:
    """The first fence is there already."""
    receipts = []
    for group, fence in zip(groups, fences[1:], strict=True):
        if stream.ended:
            receipts.append([UNTRIED] * len(group))
            continue
        receipts.append([subject.publish(channel, payload) for payload in group])
        subject.publish(channel, Payload(fence))
    return receipts


def _places(subject: Subject, reading: Reading, fences: Sequence[str]) -> list[int | None]:
    """Which block carries each fence, as the payload of an event."""
    payloads = {subject.payload(event.data): event.end for event in reading.events}
    blocks = {block.end: number for number, block in enumerate(reading.blocks)}
    return [blocks.get(payloads.get(fence, -1)) for fence in fences]


def _trial(
    subject: Subject, reading: Reading, places: Sequence[int | None], payload: Payload, receipt: Receipt
) -> Trial:
    before, after = places
    if before is None or after is None or after < before:
        return Trial(payload, receipt, fenced=False, blocks=(), events=(), payloads=())
    blocks = tuple(block for block in reading.blocks[before + 1 : after] if block.fields)
    ends = {block.end for block in blocks}
    events = tuple(event for event in reading.events if event.end in ends)
    unwrapped = tuple(subject.payload(event.data) for event in events)
    at = reading.blocks[before].end
    return Trial(payload, receipt, True, blocks, events, unwrapped, at, reading)
