"""The same events at both ends of a road: at the origin, and where it leads others. Waits; judges nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from conformance.ask import Ask, Fields
from conformance.captures.audience import accepted_by, greet
from conformance.captures.compression import OFFERED
from conformance.captures.promptness import BREATH_SECONDS, FEW, LETTERS, SINGLES, pushed
from conformance.captures.quiet import greeted_until
from conformance.checks.coding import CodingError, decodable, plain
from conformance.eventstream import Event
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.target.roads import Road, roads
from conformance.wire import WireStream

__all__ = ["Crossing", "Idle", "Journey", "compressed_journeys", "crossings", "idle", "journeys"]

LOST = 3  # events that the road holds back are enough
AMBIENT = 5  # events that others publish
AMBIENT_SECONDS = 20.0  # for which they are waited for
IDLE_SECONDS, LASTING_SECONDS = 3.0, 65.0  # of silence: the usual timers of proxies end at 60 seconds
INTERVALS = 4  # between heartbeats


@dataclass(frozen=True, slots=True)
class Crossing:
    """One event. `lag` is how much later it came by the road, in seconds; infinite if it did not come.

    It was `pushed` if something else came in the same breath behind it. `at` is where the event ends in the
    body that came by the road.
    """

    lag: float
    pushed: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Journey:
    """Two readers of one channel. `text` is what came by the road without its coding; None: unreadable here.

    `broken` says why the body is not what its coding says.
    """

    road: Road
    direct: Reading
    by_road: Reading
    text: Reading | None
    crossings: tuple[Crossing, ...] = ()
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Idle:
    """Two readers of a channel on which nothing is published, for `watched` seconds.

    `direct_beats` and `road_beats` are arrivals after each greeting.
    """

    road: Road
    direct: Reading
    by_road: Reading
    watched: float
    direct_beats: int
    road_beats: int


def journeys(subject: Subject) -> tuple[Journey, ...]:
    """One for each road. Raises Unjudged."""
    return tuple(_journey(subject, road) for road in roads(subject.target))


def compressed_journeys(subject: Subject) -> tuple[Journey, ...]:
    """The same with a reader by the road who takes compressed bodies. Raises Unjudged."""
    return tuple(_journey(subject, road, OFFERED) for road in roads(subject.target))


def idle(subject: Subject, *, slow: bool) -> tuple[Idle, ...]:
    """Hold both ends of each road, all at once, while nothing is published. Raises Unjudged."""
    seconds = LASTING_SECONDS if slow else IDLE_SECONDS
    if not slow and subject.heartbeat is not None:
        seconds = min(seconds, INTERVALS * subject.heartbeat + subject.latency_seconds)
    channel = subject.channel()
    held = [(road, *_ends(subject, road, channel)) for road in roads(subject.target)]
    ends = [stream for _, *both in held for stream in both]
    subject.wire.wait(lambda: any(map(_over, ends)) or None, seconds)
    return tuple(_idle(road, direct, by_road) for road, direct, by_road in held)


def crossings(direct: Reading, by_road: Reading, since: float) -> Iterator[Crossing]:
    """Each event that came directly since that many seconds after the request, and when it came by the road.

    Where an event comes several times, the first by the road is the first at the origin, and so on; one that
    came there before that time can only make the road look better.
    """
    shift = by_road.transcript.opened - direct.transcript.opened
    came: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    for event in reversed(by_road.events):
        came[_key(event)].append(event)
    for event in direct.events:
        begun = direct.dispatched(event)
        if begun < since:
            continue
        if not came[_key(event)]:
            yield Crossing(float("inf"), at=len(by_road.body))
            continue
        same = came[_key(event)].pop()
        lag = by_road.dispatched(same) + shift - begun
        yield Crossing(max(0.0, lag), pushed(by_road, same), same.end)


def _journey(subject: Subject, road: Road, more: Fields = ()) -> Journey:
    channel = subject.channel()
    direct, by_road = _ends(subject, road, channel, more)
    published = subject.can_publish
    if published:
        greet(subject, channel, [direct])
    since = direct.lasted
    readable = decodable(by_road.reading)
    try:
        if published:
            _publish(subject, channel, direct, by_road, readable=readable)
        else:
            _listen(subject, direct, since)
        reading = Reading.of(by_road.transcript)
        text = plain(reading) if readable else None
    except CodingError as error:
        return Journey(road, direct.reading, Reading.of(by_road.transcript), None, (), str(error))
    heard = Reading.of(direct.transcript)
    found = tuple(crossings(heard, text, since)) if text is not None else ()
    return Journey(road, heard, reading, text, found)


def _ends(subject: Subject, road: Road, channel: str, more: Fields = ()) -> tuple[WireStream, WireStream]:
    """A reader at each end of the road, once each has a response head, or has had its time for one."""
    direct = subject.subscribe("a reader at the origin", channel, ask=Ask(base=road.origin))
    by_road = subject.subscribe(f"a reader by {road.name}", channel, ask=Ask(base=road.address), more=more)
    for stream in (direct, by_road):
        stream.wait(lambda reading: reading.head, subject.head_seconds)
    return direct, by_road


def _publish(
    subject: Subject, channel: str, direct: WireStream, by_road: WireStream, *, readable: bool
) -> None:
    """Single events, each into silence; a few are enough where the road lets none through."""
    lost = 0
    for letter in LETTERS[: SINGLES if subject.unrationed else FEW]:
        accepted_by(subject, channel, letter)
        direct.wait(partial(subject.dispatched, letter), subject.latency_seconds)
        if readable:
            here = partial(_here, subject, letter)
            lost += by_road.wait(here, 2 * subject.latency_seconds) is None
        by_road.wait(lambda _: None, BREATH_SECONDS)  # whether something follows, and for silence
        if lost == LOST:
            return


def _here(subject: Subject, text: str, reading: Reading) -> bool | None:
    return subject.dispatched(text, plain(reading))


def _listen(subject: Subject, direct: WireStream, since: float) -> None:
    """To what others publish, and as long again as the last of it may take by the road."""

    def enough(reading: Reading) -> bool | None:
        later = sum(reading.dispatched(event) >= since for event in reading.events)
        return later >= AMBIENT or None

    direct.wait(enough, AMBIENT_SECONDS)
    subject.wire.wait(lambda: None, 2 * subject.latency_seconds)


def _idle(road: Road, direct: WireStream, by_road: WireStream) -> Idle:
    watched = min(direct.lasted, by_road.lasted)
    first, second = Reading.of(direct.transcript), Reading.of(by_road.transcript)
    return Idle(road, first, second, watched, _beats(first), _beats(second))


def _beats(reading: Reading) -> int:
    greeted = greeted_until(reading)
    return sum(offset >= greeted for offset in reading.offsets)


def _over(stream: WireStream) -> bool:
    return stream.ended or stream.reading.complete


def _key(event: Event) -> tuple[str, str, str]:
    return event.type, event.data, event.last_event_id
