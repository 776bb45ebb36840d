"""The seam between replay and live, stretched until something can be published in it. Judges nothing.

A plain reconnect hardly ever shows a faulty seam: the replay is over before anything else happens. Here the
reader takes in nothing, and with small buffers on its side the server stands still in mid replay; what is
published then falls between the history that was read and the moment of going live.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from conformance.captures.channel import Channel, Cursor
from conformance.peer import STALLED
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Seam", "Trial", "readers", "stretch"]

BACKLOG_BYTES = 384 * 1024  # more than a stalled connection and most servers' own buffers hold
BACKLOG, FEWEST = 64, 8  # events of it: few enough for a history of a hundred, or of less if that is declared
MEANWHILE = 12  # events that are published in mid replay
SPARE = 2  # events: one that comes after it, and one more
STARTS = (0, 1, 2, 3)  # eighths of the backlog, from whose events readers resume at once
PEEP_BYTES = 1024  # that are read at a time, until the replay has begun


@dataclass(frozen=True, slots=True)
class Seam:
    """A reader with the id of the first event of `backlog`.

    `meanwhile` was published while its replay stood still, `after` when it had got the end of the backlog.
    """

    channel: str
    backlog: tuple[str, ...]
    ids: tuple[str, ...]  # of `backlog`
    meanwhile: tuple[str, ...]
    after: str
    reader: Cursor

    @property
    def texts(self) -> tuple[str, ...]:
        """What the reader is to get, in this order."""
        return (*self.backlog[1:], *self.meanwhile, self.after)


@dataclass(frozen=True, slots=True)
class Trial:
    """A reader: what it is to get, and what it got."""

    texts: tuple[str, ...]
    reader: Cursor


def stretch(subject: Subject) -> Seam:
    """Stall a reader in its replay, publish, let it read on. Raises Unjudged."""
    channel, (many, size) = Channel(subject), _extent(subject)
    channel.afford(many + MEANWHILE + 1)
    witness = channel.open("the witness")
    backlog = channel.texts("backlog", many, size)
    channel.publish(backlog)
    channel.until([witness], backlog[-1])
    ids = channel.ids(witness, backlog)
    reader = channel.open("a reader that is stalled in its replay", ids[0], manner=STALLED)
    _begin(subject, reader)
    meanwhile = channel.texts("meanwhile", MEANWHILE)
    channel.publish(meanwhile)
    channel.until([witness], meanwhile[-1])
    channel.ids(witness, meanwhile)  # which shows that they all exist
    reader.resume()
    channel.until([reader], backlog[-1])
    (after,) = channel.texts("after", 1)
    channel.publish([after])
    sent = [*backlog[1:], *meanwhile, after]
    channel.until([reader], after)
    _linger(channel, reader, sent)
    _still_open(reader)
    found = channel.got(reader, sent, ids[0])
    return Seam(channel.name, tuple(backlog), tuple(ids), tuple(meanwhile), after, found)


def readers(subject: Subject, before: Seam) -> tuple[Trial, ...]:
    """Stall several readers in replays from different events of a backlog, and let them read on at once."""
    channel = Channel(subject, before.channel)
    starts = [start * len(before.ids) // 8 for start in STARTS]
    streams = [
        channel.open(f"a reader from event {number + 1} on", before.ids[number], manner=STALLED)
        for number in starts
    ]
    for stream in streams:
        _begin(subject, stream)
    for stream in streams:
        stream.resume()
    channel.until(streams, before.after)
    for stream in streams:
        _still_open(stream)
    everything = (before.backlog[0], *before.texts)
    return tuple(
        Trial(everything[number + 1 :], channel.got(stream, everything, before.ids[number]))
        for stream, number in zip(streams, starts, strict=True)
    )


def _extent(subject: Subject) -> tuple[int, int]:
    """How many events the backlog has, and their bytes."""
    kept = subject.target.cursor.retention if subject.target.cursor else None
    count = (kept.count if kept else None) or BACKLOG + MEANWHILE + SPARE
    many = max(FEWEST, min(BACKLOG, count - MEANWHILE - SPARE))
    most = subject.target.publish.max_bytes if subject.target.publish else None
    return many, min(BACKLOG_BYTES // many, most or BACKLOG_BYTES)


def _begin(subject: Subject, stream: WireStream) -> None:
    """Read a little, until an event shows that the replay is under way. Raises Unjudged where none does."""

    def missing(reading: Reading) -> int:
        return 0 if reading.events else PEEP_BYTES

    if not stream.read(missing, subject.head_seconds + subject.latency_seconds):
        reason = "the replay did not begin, so nothing could be published in the middle of it"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)


def _still_open(stream: WireStream) -> None:
    """Raises Unjudged where a reader that stood still was cut: it would come back, and has lost nothing."""
    if stream.ended:
        reason = f"the server cut {stream.transcript.label} ({stream.transcript.end})"
        raise Unjudged(Verdict.INCONCLUSIVE, reason)


def _linger(channel: Channel, stream: WireStream, texts: Sequence[str]) -> None:
    """Where events are missing, give them a little longer: something may have overtaken them."""
    wanted = set(texts)
    payload = channel.subject.payload

    def all_there(reading: Reading) -> bool | None:
        return wanted <= {payload(event.data) for event in reading.events} or None

    stream.wait(all_there, channel.subject.latency_seconds)
