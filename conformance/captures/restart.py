"""The server is stopped while it is at work, and started again. Waits; judges nothing."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from conformance.captures.audience import PATIENCE_SECONDS, accepted_by, arrived, greet, headed
from conformance.captures.capacity import accepted
from conformance.eventstream import Block
from conformance.process import ServerProcess, Stopped
from conformance.publishers.publisher import PUBLISH_SECONDS
from conformance.reading import Reading
from conformance.subject import Subject
from conformance.verdict import Unjudged, Verdict
from conformance.wire import WireStream

__all__ = ["Restart", "Return", "Shutdown", "restart", "shutdown"]

HELD = 3  # streams that are open when the signal comes
DEATH_SECONDS = 1.0  # from the end of its connections to that of a process
BEFORE = 50  # events that are published one by one before the stop
SEEN = 40  # of them, by the reader that has left in time
AFTER = 60  # events after the start: more, so that ids that begin anew are given out again
LOAD = 10  # events that must have been accepted by the time of the signal
MOST_LOAD = 1_000
LOAD_SECONDS = 5.0
POLL_SECONDS = 0.01
ENDED_SECONDS = 1.0  # for the ends of streams to be seen, when the process is gone


@dataclass(frozen=True, slots=True)
class Shutdown:
    """`held` were open when the signal came, and events were being published where that is possible.

    `late` of them were open still when its grace was over.
    """

    stopped: Stopped
    held: tuple[Reading, ...]
    late: int
    published: int


@dataclass(frozen=True, slots=True)
class Return:
    """A reader that came back after the restart with the id of the last of `seen`.

    `owed` was published and accepted after that, `texts` is what it got, both in order.
    """

    id: str
    reading: Reading
    owed: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def missed(self) -> Sequence[str]:
        """What it was owed, and did not get."""
        got = set(self.texts)
        return [text for text in self.owed if text not in got]


@dataclass(frozen=True, slots=True)
class Restart:
    """`left` had gone before the stop, `stayed` until the stop. Ids are those of payloads."""

    stopped: Stopped
    left: Return
    stayed: Return
    ids_before: Mapping[str, str]  # payload → id
    ids_after: Mapping[str, str]

    @property
    def reused(self) -> Sequence[tuple[str, str, str]]:
        """Ids of events from before that came with another after the restart: id, payload before, after."""
        owners = {id_: text for text, id_ in self.ids_before.items() if id_}
        return [(id_, owners[id_], text) for text, id_ in self.ids_after.items() if id_ in owners]


def shutdown(subject: Subject, process: ServerProcess) -> Shutdown:
    """Stop it with streams open. Raises Unjudged where none can be, though the process lives."""
    try:
        return _shutdown(subject, process)
    except Unjudged:
        if not process.dies(DEATH_SECONDS):
            raise
        return Shutdown(process.stop(), (), 0, 0)


def _shutdown(subject: Subject, process: ServerProcess) -> Shutdown:
    channel = subject.channel()
    held = [subject.subscribe("a stream that is held open", channel) for _ in range(HELD)]
    for stream in held:
        headed(subject, channel, stream)
    if not all(map(accepted, held)):
        raise Unjudged(Verdict.INCONCLUSIVE, f"of {HELD} streams not all were accepted")
    published, stopped = _stop_at_work(subject, channel, process)
    _await_ends(held)
    told = stopped.at + stopped.seconds
    late = [one for one in held if not one.ended or one.transcript.opened + one.lasted > told]
    readings = tuple(Reading.of(stream.transcript) for stream in held)
    return Shutdown(stopped, readings, len(late) if stopped.late else 0, len(published))


def restart(subject: Subject, process: ServerProcess, start: Callable[[], None]) -> Restart:
    """Stop it at work, `start` it again, and come back: as whoever had left, and as whoever stayed.

    Raises Unjudged.
    """
    channel = subject.channel()
    witness = subject.subscribe("the reader that stays", channel)
    greet(subject, channel, [witness])
    before = _texts(subject, "before", BEFORE)
    _publish(subject, channel, before, [witness])
    load, stopped = _stop_at_work(subject, channel, process)
    _await_ends([witness])
    start()
    given, seen = [*before, *load], _ids(subject, witness.reading)
    missing = [text for text in before if not seen.get(text)]
    if missing:
        told = f"of {BEFORE} events {len(missing)} did not come to the witness, or without an id"
        raise Unjudged(Verdict.INCONCLUSIVE, told)
    newest = max(number for number, text in enumerate(given) if seen.get(text))
    cursors = {"left": SEEN - 1, "stayed": newest}
    readers = [
        subject.subscribe(f"the reader that {how}", channel, cursor=seen[given[number]])
        for how, number in cursors.items()
    ]
    for reader in readers:
        reader.wait(lambda reading: reading.head, subject.head_seconds + PATIENCE_SECONDS)
    after = _texts(subject, "after", AFTER)
    _publish(subject, channel, after, readers)
    left, stayed = (
        Return(
            seen[given[number]],
            Reading.of(reader.transcript),
            tuple(given[number + 1 :]),
            tuple(text for text in _ids(subject, reader.reading) if text in given),
        )
        for reader, number in zip(readers, cursors.values(), strict=True)
    )
    found = {text: id_ for reader in readers for text, id_ in _ids(subject, reader.reading).items()}
    return Restart(
        stopped,
        left,
        stayed,
        {text: id_ for text, id_ in seen.items() if text in given},
        {text: id_ for text, id_ in found.items() if text in after},
    )


def _stop_at_work(subject: Subject, channel: str, process: ServerProcess) -> tuple[list[str], Stopped]:
    """Stop it while events are being published, if they can be; those that were accepted until then."""
    given: list[str] = []

    def publish() -> None:
        with suppress(Unjudged):
            for text in _texts(subject, "load", MOST_LOAD):
                accepted_by(subject, channel, text)
                given.append(text)

    worker = threading.Thread(target=publish, name="load", daemon=True)
    if subject.can_publish:
        worker.start()
        deadline = time.monotonic() + LOAD_SECONDS
        while len(given) < LOAD and worker.is_alive() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    stopped = process.stop()
    if subject.can_publish:
        worker.join(2 * PUBLISH_SECONDS)
    return given, stopped


def _publish(subject: Subject, channel: str, texts: Sequence[str], readers: Sequence[WireStream]) -> None:
    for text in texts:
        accepted_by(subject, channel, text)
    arrived(subject, readers, texts[-1])


def _texts(subject: Subject, what: str, number: int) -> list[str]:
    return [f"{what}-{subject.nonce}-{each}." for each in range(number)]


def _ids(subject: Subject, reading: Reading) -> dict[str, str]:
    """Payload → id, or "" where it has none, in the order in which they came."""
    blocks = {block.end: block for block in reading.blocks}
    return {subject.payload(event.data) or "": _id(blocks[event.end]) for event in reading.events}


def _id(block: Block) -> str:
    return next((field.value for field in reversed(block.fields) if field.name == "id"), "")


def _await_ends(streams: Sequence[WireStream]) -> None:
    """Until the ends of all streams of a process that is gone have been seen."""
    streams[0].wire.wait(lambda: all(stream.ended for stream in streams) or None, ENDED_SECONDS)
