"""Readers that stop reading while others go on: one for a while, one until it should be cut off.

What the readers of a channel got, and when. Waits; judges nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.audience import arrived, greet
from conformance.checks.gap import signalled
from conformance.peer import STALLED, Manner
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["LONGEST_SECONDS", "Slow", "Stall", "patience_of", "stall"]

CONTROLS = 5  # events before anybody stops reading
EVENTS, EVENT_BYTES = 40, 8192  # ten times what stops a server that writes to a reader of this kind
UNDECLARED_SECONDS = 3.0  # without reading, where the target does not say when it cuts
LONGEST_SECONDS = 8.0  # the same, of what it says
SLOW_SECONDS = 65.0  # both, where there is time
MARGIN = 1.5  # times what it says
SLOW = Manner(receive_buffer=STALLED.receive_buffer, segment=STALLED.segment)


@dataclass(frozen=True, slots=True)
class Slow:
    """What a slow reader had got in the end: numbers of events, in its order.

    It was `told` of a gap, or `cut` off.
    """

    reading: Reading
    got: tuple[int, ...]
    at: tuple[int, ...]  # where they begin in the body
    told: bool
    cut: bool

    @property
    def gap(self) -> tuple[int, int] | None:
        """The first event that was left out without a word, and the one that came instead."""
        if self.told:
            return None
        pairs = zip((-1, *self.got), self.got, strict=False)
        return next(((before + 1, number) for before, number in pairs if number > before + 1), None)


@dataclass(frozen=True, slots=True)
class Stall:
    """`lags` are seconds from the publisher to the reader that read on, None for an event that never came.

    `controls` are the same before the others stopped. `refused` is why publishing failed in the middle.
    `waited` is for how long the `sleeper` read nothing. `back` is that reader, come back after it was cut
    off. `volume` are the bytes of the events.
    """

    witness: Reading
    controls: tuple[float | None, ...]
    lags: tuple[float | None, ...]
    refused: str
    laggard: Slow
    sleeper: Slow
    back: Slow | None
    waited: float
    volume: int


def patience_of(subject: Subject, *, slow: bool) -> float:
    """For how long the server is given a reader that reads nothing."""
    declared = subject.target.limits.slow_reader
    after = declared.after if declared else None
    if after is None:
        return SLOW_SECONDS if slow else UNDECLARED_SECONDS
    return min(after * MARGIN + subject.latency_seconds, SLOW_SECONDS if slow else LONGEST_SECONDS)


def stall(subject: Subject, *, slow: bool = False) -> Stall:
    """Publish to three readers, of whom two have stopped reading. Raises Unjudged."""
    if subject.target.politeness and not subject.target.politeness.allow_attacks:
        raise Unjudged(Verdict.SKIP, "politeness: slow readers need `politeness.allow_attacks` in the target")
    channel = subject.channel()
    witness = subject.subscribe("the reader that reads on", channel)
    laggard = subject.subscribe("the reader that lags", channel, manner=SLOW)
    sleeper = subject.subscribe("the reader that stopped", channel, manner=SLOW)
    greet(subject, channel, [witness, laggard, sleeper])
    controls = _texts(subject, "control", CONTROLS, 0)
    before, _ = _publish(subject, channel, controls)
    arrived(subject, [witness, laggard, sleeper], controls[-1])
    laggard.pause()
    sleeper.pause()
    begun = time.monotonic()
    size = min(EVENT_BYTES, subject.target.publish.max_bytes or EVENT_BYTES) if subject.target.publish else 0
    texts = _texts(subject, "slow", EVENTS + 1, size)
    asked, refused = _publish(subject, channel, texts[:EVENTS])
    arrived(subject, [witness], texts[len(asked) - 1])
    laggard.resume()
    arrived(subject, [laggard], texts[len(asked) - 1])
    if not refused:  # one more, so that a loss at the end is a gap
        asked += _publish(subject, channel, texts[EVENTS:])[0]
        arrived(subject, [witness, laggard], texts[EVENTS])
    witness.wire.wait(lambda: None, begun + patience_of(subject, slow=slow) - time.monotonic())
    waited = time.monotonic() - begun
    sleeper.resume()
    arrived(subject, [sleeper], texts[len(asked) - 1])
    slept = _slow(subject, sleeper, texts)
    return Stall(
        Reading.of(witness.transcript),
        _lags(subject, witness, controls, before),
        _lags(subject, witness, texts, asked),
        refused,
        _slow(subject, laggard, texts),
        slept,
        _back(subject, channel, slept, texts[: len(asked)]),
        waited,
        len(asked) * size,
    )


def _back(subject: Subject, channel: str, slept: Slow, texts: Sequence[str]) -> Slow | None:
    """The reader that was cut off, with what it had got for a cursor; None where it was not, or has none."""
    cursor = slept.reading.last_event_id
    if not slept.cut or not cursor:
        return None
    stream = subject.subscribe("the reader that came back", channel, cursor=cursor)
    arrived(subject, [stream], texts[-1])
    return _slow(subject, stream, texts)


def _texts(subject: Subject, what: str, count: int, size: int) -> list[str]:
    return [f"{what}-{subject.nonce}-{number}.".ljust(size, "x") for number in range(count)]


def _publish(subject: Subject, channel: str, texts: Sequence[str]) -> tuple[list[float], str]:
    """When each was asked for, and why no more were. Raises Unjudged where it was not even one."""
    asked: list[float] = []
    for text in texts:
        begun = time.monotonic()
        receipt = subject.publish(channel, Payload(text))
        if not receipt.accepted:
            if not asked:
                raise Unjudged(Verdict.INCONCLUSIVE, f"an event could not be published: {receipt.text}")
            return asked, receipt.text
        asked.append(begun)
    return asked, ""


def _lags(
    subject: Subject, stream: WireStream, texts: Sequence[str], asked: Sequence[float]
) -> tuple[float | None, ...]:
    reading = stream.reading
    came = {
        subject.payload(event.data): reading.dispatched(event) + reading.transcript.opened
        for event in reading.events
    }
    return tuple(
        max(0.0, came[text] - begun) if text in came else None
        for text, begun in zip(texts, asked, strict=False)
    )


def _slow(subject: Subject, stream: WireStream, texts: Sequence[str]) -> Slow:
    reading = Reading.of(stream.transcript)
    numbers = {text: number for number, text in enumerate(texts)}
    found = [(subject.payload(event.data) or "", event.begin) for event in reading.events]
    got = tuple(numbers[text] for text, _ in found if text in numbers)
    places = tuple(begin for text, begin in found if text in numbers)
    cut = bool(stream.ended or reading.complete)
    return Slow(reading, got, places, signalled(reading, subject.target), cut)
