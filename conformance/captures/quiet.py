"""A subscription on which nothing is published: its head, and its heartbeats. Waits; judges nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from conformance.captures.echo import Echo
from conformance.eventstream import Field
from conformance.reading import Reading
from conformance.row import Payload
from conformance.subject import Subject
from conformance.target import Target

__all__ = [
    "CEILING_SECONDS",
    "LASTING",
    "TOLERANCE",
    "Beat",
    "Quiet",
    "QuietStream",
    "beats_of",
    "greeted_until",
]

CEILING_SECONDS = 20.0  # of silence, where nothing is declared: 9.2.7 says "every 15 seconds or so"
TOLERANCE = 1.5  # intervals, and the latency budget on top, before a beat is missing
INTERVALS = 3  # that are watched at least
LASTING = 10  # that are watched where that is not too long
LASTING_SECONDS = 5.0  # for which a quick heartbeat is watched
BEATS = 3  # that tell an undeclared interval
SETTLED_SECONDS = 1.0  # for what is said unasked at the beginning, where no heartbeat is to come
LATE_HEAD_SECONDS = 2.0  # beyond its budget
GREETING_SECONDS = 0.1  # after the head, or after the greeting so far

Beat = tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """What came while nothing was published: times are in seconds."""

    reading: Reading
    beats: tuple[Beat, ...]
    longest: float  # without a byte, from the head, in the first few intervals
    watched: float
    events: int = 0  # that came in that time and are no heartbeats
    intervals: int = INTERVALS  # that were watched in the end
    pulse: tuple[float, ...] = ()  # when the head came, and bytes after the greeting, since the request
    lasted: float = 0.0  # the end of the watch, the same way
    noise: float = 0.0  # how late things came meanwhile that are sent by nobody but us


class QuietStream:
    """A subscription that stays open for the whole run, in the end as a witness."""

    def __init__(self, subject: Subject, *, slow: bool = False) -> None:
        self._slow = slow
        self.channel = subject.channel()
        self.stream = subject.subscribe("a quiet subscription", self.channel)
        self._subject = subject

    def opened(self) -> Reading:
        """The reading once there is a head; or after a while, without one."""
        budget = self._subject.head_seconds + self._first_beat()
        if self.stream.wait(lambda reading: reading.head, budget) is None and self._subject.can_publish:
            self._subject.publish(self.channel, Payload("x"))  # so that one row fails, and not all
        self.stream.wait(lambda reading: reading.head, LATE_HEAD_SECONDS)
        return Reading.of(self.stream.transcript)

    def watch(self) -> Quiet:
        """Wait until enough silence was seen."""
        opened = self.opened()
        begun = opened.head.seconds if opened.head else 0.0
        with Echo(self.stream.wire) as echo:
            left = begun + self._seconds(self._intervals) - self.stream.lasted
            self.stream.wait(lambda reading: True if self._enough(reading) else None, max(0.0, left))
            lasted, noise = self.stream.lasted, echo.latest
        reading = Reading.of(self.stream.transcript)
        if reading.complete:
            lasted = reading.completed  # though the connection may stay open
        pieces = [pair for pair in zip(reading.offsets, reading.pieces, strict=True) if pair[1] < lasted]
        until = min(lasted, begun + self._seconds(INTERVALS))
        times = [begun, *(second for _, second in pieces if second < until), until]
        greeted = greeted_until(reading)
        beats = beats_of(reading, self._subject.target)
        events = len(reading.events) - sum(_is_event(beat) for beat in beats)
        return Quiet(
            reading,
            beats,
            max((after - before for before, after in pairwise(times)), default=0.0),
            until - begun,
            events,
            self._intervals,
            (begun, *(second for offset, second in pieces if offset >= greeted)),
            lasted,
            noise,
        )

    def _first_beat(self) -> float:
        """How long the first heartbeat may take: a server that holds its head back sends it with that."""
        unknown = self._subject.target.heartbeat is None and not self._subject.can_publish
        return CEILING_SECONDS if unknown else self._subject.heartbeat or 0.0

    @property
    def _intervals(self) -> int:
        """How many are watched."""
        interval = self._subject.heartbeat
        if interval is None or self._slow:
            return LASTING
        return max(INTERVALS, min(LASTING, int(LASTING_SECONDS / interval)))

    def _seconds(self, intervals: int) -> float:
        """How long silence has to be watched for that, at most."""
        match self._subject.target.heartbeat, self._subject.heartbeat:
            case None, _:
                return CEILING_SECONDS + self._subject.latency_seconds
            case _, None:
                return SETTLED_SECONDS
            case _, interval:
                return interval * intervals + self._subject.latency_seconds

    def _enough(self, reading: Reading) -> bool:
        undeclared = self._subject.target.heartbeat is None
        return reading.complete or (undeclared and len(beats_of(reading, self._subject.target)) >= BEATS)


def beats_of(reading: Reading, target: Target) -> tuple[Beat, ...]:
    """Comment lines, and blocks that came again and again in the same shape, after the greeting.

    Blocks of nothing but an id are none where the target says that they may come at any time.
    """
    groups = [group for group in _groups(reading) if group[0].offset >= greeted_until(reading)]
    if any(frame.id_only for frame in target.subscribe.ignore):
        groups = [group for group in groups if _shape(group) != ("id",)]
    if target.subscribe.traffic == "ambient":  # there an event is no heartbeat, unless declared to be one
        groups = [group for group in groups if not _is_event(group) or _kind(group) == _declared(target)]
    shapes = Counter(_shape(group) for group in groups)
    return tuple(group for group in groups if shapes[_shape(group)] > 1 or not any(_shape(group)))


def _groups(reading: Reading) -> Sequence[Beat]:
    blocks = [block.fields for block in reading.blocks]
    blocks += [reading.unfinished.fields] if reading.unfinished else []
    groups: list[Beat] = []
    for fields in blocks:
        comments_only = not any(field.name for field in fields)
        groups += [(field,) for field in fields] if comments_only else [fields]
    return [group for group in groups if group and group[-1].ending]


def greeted_until(reading: Reading) -> int:
    """The offset at which the greeting ends: what comes in one go with the head."""
    last = reading.head.seconds if reading.head else 0.0
    for offset, seconds in zip(reading.offsets, reading.pieces, strict=True):
        if seconds - last > GREETING_SECONDS:
            return offset
        last = seconds
    return len(reading.body)


def _shape(group: Beat) -> tuple[str, ...]:
    return tuple(field.name for field in group)


def _is_event(group: Beat) -> bool:
    return "data" in _shape(group)


def _kind(group: Beat) -> str:
    types = [field.value for field in group if field.name == "event"]
    return f"event:{types[-1] if types else 'message'}"


def _declared(target: Target) -> str:
    return target.heartbeat.kind if target.heartbeat else "comment"
