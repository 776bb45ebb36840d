"""The seam as it is seen from outside: small servers that go wrong there, and one that does not."""

import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from conformance.captures.phases import phases
from conformance.captures.seam import readers, stretch
from conformance.checks import test_replay
from conformance.subject import Subject
from conformance.target import loads
from conformance.verdict import Judgement, Unjudged
from conformance.wire import Wire
from tests.conformance.odd_server import Manners, OddServer, target_of

TRIALS = 10
Check = Callable[..., Judgement]


class Bent(OddServer, ABC):
    """Replays in a way of its own before it goes on as usual."""

    def _stream(self, connection: socket.socket, channel: str, cursor: str | None, chunked: bool) -> None:
        if cursor is not None:
            cursor = str(self._replay(connection, channel, int(cursor), chunked))
        super()._stream(connection, channel, cursor, chunked)

    @abstractmethod
    def _replay(self, connection: socket.socket, channel: str, at: int, chunked: bool) -> int:
        """Send what lies behind `at`, and return where to go on."""

    def _send(self, connection: socket.socket, channel: str, begin: int, end: int, chunked: bool) -> None:
        for number in range(begin, end):
            self._write(connection, self._block(number + 1, *self.log[channel][number]), chunked)


class SnapshotFirst(Bent):
    """Subscribes when the replay is over."""

    def _replay(self, connection: socket.socket, channel: str, at: int, chunked: bool) -> int:
        self._send(connection, channel, at, len(self.log[channel]), chunked)
        return len(self.log[channel])


class Undeduped(Bent):
    """Subscribes first, and reads the history to its very end."""

    def _replay(self, connection: socket.socket, channel: str, at: int, chunked: bool) -> int:
        subscribed = len(self.log[channel])
        while at < len(self.log[channel]):
            self._send(connection, channel, at, at + 1, chunked)
            at += 1
        return subscribed


class Overtaking(Bent):
    """Sends what is new while there is old yet to be sent."""

    def _replay(self, connection: socket.socket, channel: str, at: int, chunked: bool) -> int:
        end = len(self.log[channel])
        self._send(connection, channel, at, end - 1, chunked)
        now = len(self.log[channel])
        self._send(connection, channel, end, now, chunked)
        self._send(connection, channel, end - 1, end, chunked)
        return now


class Impatient(Bent):
    """Cuts whoever has not taken the replay at once, which is its right."""

    def _replay(self, connection: socket.socket, channel: str, at: int, chunked: bool) -> int:
        connection.settimeout(0.001)
        self._send(connection, channel, at, len(self.log[channel]), chunked)
        return len(self.log[channel])


@contextmanager
def subject(kind: type[OddServer]) -> Iterator[Subject]:
    with kind.started(Manners()) as server, Wire() as wire:
        served = Subject(loads(target_of(server), {}), wire, {}, "nonce")
        try:
            yield served
        finally:
            served.close()


def verdicts(kind: type[OddServer]) -> dict[str, str]:
    """What the rows of the seam say of a server: without trials at random moments."""
    with subject(kind) as served, served.visit() as visitor:
        seam = stretch(visitor)
    return {
        "order": test_replay.test_nothing_overtakes_the_replay(seam).verdict,
        "loss": test_replay.test_nothing_is_lost_at_the_seam(seam, ()).verdict,
        "repeats": test_replay.test_nothing_comes_twice_at_the_seam(seam, ()).verdict,
    }


@pytest.mark.parametrize(
    ("kind", "broken"),
    [(OddServer, set()), (SnapshotFirst, {"loss"}), (Undeduped, {"repeats"}), (Overtaking, {"order"})],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_a_stretched_seam_shows_each_fault_and_accuses_nobody(
    kind: type[OddServer], broken: set[str]
) -> None:
    found = verdicts(kind)

    assert {row for row, verdict in found.items() if verdict == "FAIL"} == broken
    assert {verdict for row, verdict in found.items() if row not in broken} == {"PASS"}


@pytest.mark.soak
@pytest.mark.parametrize("kind", [OddServer, SnapshotFirst, Undeduped, Overtaking])
def test_a_stretched_seam_says_the_same_each_time(kind: type[OddServer]) -> None:
    found = [verdicts(kind) for _ in range(TRIALS)]

    assert found == [found[0]] * TRIALS


def test_a_reader_that_was_cut_for_standing_still_is_no_verdict() -> None:
    with (
        subject(Impatient) as served,
        served.visit() as visitor,
        pytest.raises(Unjudged, match="cut a reader"),
    ):
        stretch(visitor)


def test_readers_that_resume_at_once_get_what_is_theirs() -> None:
    with subject(OddServer) as served:
        with served.visit() as visitor:
            seam = stretch(visitor)
        with served.visit() as visitor:
            trials = readers(visitor, seam)

    assert [len(trial.texts) for trial in trials] == [76, 68, 60, 52]
    assert all(trial.reader.texts == trial.texts for trial in trials)
    assert test_replay.test_readers_resume_undisturbed(trials).verdict == "PASS"


def test_readers_at_random_moments_get_what_is_theirs() -> None:
    with subject(OddServer) as served, served.visit() as visitor:
        trials = phases(visitor)

    assert len(trials) >= 12
    assert all(trial.reader.texts == trial.texts for trial in trials)
