"""Events published one at a time into silence, and two in a row; when they came. Waits; judges nothing."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from conformance.captures.audience import accepted_by, greet
from conformance.eventstream import Event
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = [
    "BREATH_SECONDS",
    "Pair",
    "Promptness",
    "Single",
    "pairs",
    "promptness",
    "pushed",
    "singles",
    "tells",
]

SINGLES = 7
PAIRS, ENOUGH = 24, 12  # at most, and how many that tell something are enough
IN_A_ROW_SECONDS = 0.02  # so soon nothing was acknowledged by a timer
FEW = 3  # of each, where requests are counted
BREATH_SECONDS = 0.05  # what comes within it comes together
LETTERS = "abcdefghijklmnopqrstuvw"  # payloads of one byte

Read = Callable[[Reading], Reading]


@dataclass(frozen=True, slots=True)
class Single:
    """One event. Times are seconds since the reader's request; `came` is None if it had not come in the end.

    `asked` is when its publisher began, `at` where the event ends in the body. It was `pushed` if something
    else came in the same breath behind it.
    """

    asked: float
    came: float | None
    pushed: bool = False
    at: int = 0

    @property
    def lag(self) -> float:
        """Seconds from publisher to reader; infinite for an event that did not come."""
        return float("inf") if self.came is None else max(0.0, self.came - self.asked)


Pair = tuple[Single, Single]


@dataclass(frozen=True, slots=True)
class Promptness:
    """`pairs` are two events each, the second one published as soon as the first was acknowledged."""

    reading: Reading
    singles: tuple[Single, ...]
    pairs: tuple[Pair, ...] = ()


def promptness(subject: Subject) -> Promptness:
    """Publish events of one byte to one reader. Raises Unjudged."""
    channel = subject.channel()
    stream = subject.subscribe("a reader of single events", channel)
    greet(subject, channel, [stream])
    found = singles(subject, channel, stream)
    return Promptness(Reading.of(stream.transcript), found)


def pairs(subject: Subject) -> Promptness:
    """Publish twos to a reader that acknowledges late, until enough is known. Raises Unjudged."""
    if not hasattr(socket, "TCP_QUICKACK"):
        raise Unjudged(Verdict.SKIP, "needs-linux: acknowledgements that are late on purpose")
    channel = subject.channel()
    stream = subject.subscribe("a reader that acknowledges late", channel)
    greet(subject, channel, [stream])
    found: list[Pair] = []
    while len(found) < _many(subject, PAIRS) and sum(map(tells, found)) < ENOUGH:
        found.append(_pair(subject, channel, stream, len(found)))
    return Promptness(Reading.of(stream.transcript), (), tuple(found))


def tells(pair: Pair) -> bool:
    """Whether these two were published in a row, and came: else they say nothing."""
    first, second = pair
    return None not in (first.came, second.came) and second.asked - first.asked < IN_A_ROW_SECONDS


def singles(
    subject: Subject, channel: str, stream: WireStream, read: Read = lambda it: it
) -> tuple[Single, ...]:
    """Publish one event after another, each into silence; `read` undoes the coding of the body."""
    found = []
    for letter in LETTERS[: _many(subject, SINGLES)]:
        asked = _now(stream)
        accepted_by(subject, channel, letter)
        stream.wait(partial(_there, subject, letter, read), _patience(subject))
        stream.wait(lambda _: None, BREATH_SECONDS)  # whether something follows, and for silence
        found.append(_single(subject, read(stream.reading), letter, asked))
    return tuple(found)


def pushed(reading: Reading, event: Event) -> bool:
    """Whether something else came in the same breath behind it."""
    behind = len(reading.body) - len(reading.body[event.end :].lstrip(b"\r\n"))
    late = BREATH_SECONDS + reading.dispatched(event)
    return behind < len(reading.body) and reading.seconds_at(behind) < late


def _pair(subject: Subject, channel: str, stream: WireStream, number: int) -> Pair:
    letters, asked = (f"a{number}", f"b{number}"), []
    stream.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)  # it does not last
    for letter in letters:
        asked.append(_now(stream))
        accepted_by(subject, channel, letter)
    stream.wait(lambda reading: subject.dispatched(letters[1], reading), _patience(subject))
    first, second = (
        _single(subject, stream.reading, letter, when) for letter, when in zip(letters, asked, strict=True)
    )
    stream.wait(lambda _: None, BREATH_SECONDS)  # by then all is acknowledged
    return first, second


def _single(subject: Subject, reading: Reading, text: str, asked: float) -> Single:
    for event in reading.events:
        if subject.payload(event.data) == text:
            return Single(asked, reading.dispatched(event), pushed(reading, event), event.end)
    return Single(asked, None, at=len(reading.body))


def _there(subject: Subject, text: str, read: Read, reading: Reading) -> bool | None:
    return subject.dispatched(text, read(reading))


def _now(stream: WireStream) -> float:
    return time.monotonic() - stream.reading.transcript.opened


def _patience(subject: Subject) -> float:
    """Twice the budget: an event that comes too late is to be seen nevertheless."""
    return 2 * subject.latency_seconds + subject.pause_seconds


def _many(subject: Subject, many: int) -> int:
    return many if subject.unrationed else min(many, FEW)
