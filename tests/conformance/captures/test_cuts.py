"""Cuts at exact bytes of real connections, and what a server that remembers too much makes of them."""

import socket
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from conformance.captures.cuts import chain, cuts
from conformance.checks import test_replay
from conformance.subject import Subject
from conformance.target import loads
from conformance.wire import Wire
from tests.conformance.odd_server import Manners, OddServer, target_of

PLACES = ["inside the id line", "behind the id line", "inside a character"]
LAST = ["in front of the byte that closes the event", "in a long event that the server is still writing"]


class Remembering(OddServer):
    """Takes for seen what it wrote to whoever came with the same cursor before."""

    def _stream(self, connection: socket.socket, channel: str, cursor: str | None, chunked: bool) -> None:
        seen: dict[tuple[str, str], int] = self.__dict__.setdefault("seen", defaultdict(int))
        at = cursor and str(max(int(cursor), seen[channel, cursor]))
        if cursor:
            seen[channel, cursor] = len(self.log[channel])
        super()._stream(connection, channel, at, chunked)


class Forgetting(OddServer):
    """Follows a cursor five times on a channel, and is live from then on."""

    def _stream(self, connection: socket.socket, channel: str, cursor: str | None, chunked: bool) -> None:
        followed: dict[str, int] = self.__dict__.setdefault("followed", defaultdict(int))
        followed[channel] += cursor is not None
        super()._stream(connection, channel, None if followed[channel] > 5 else cursor, chunked)


@contextmanager
def subjects(kind: type[OddServer], manners: Manners) -> Iterator[Subject]:
    with kind.started(manners) as server, Wire() as wire:
        served = Subject(loads(target_of(server), {}), wire, {}, "nonce")
        with closing(served):
            yield served


@pytest.mark.parametrize(
    ("manners", "places"),
    [
        (Manners(), [*PLACES, *LAST]),
        (Manners(line_end="\r\n"), [PLACES[0], "between CR and LF", *PLACES[1:], *LAST]),
        (Manners(line_end="\r", order="event data id", piece=511), [*PLACES, *LAST]),
    ],
    ids=["LF", "CRLF", "CR, in pieces, the id last"],
)
def test_each_place_is_reached_and_the_event_comes_again(manners: Manners, places: list[str]) -> None:
    with subjects(OddServer, manners) as subject:
        with subject.visit() as visitor:
            found = cuts(visitor)

        assert [(cut.where, cut.how) for cut in found] == [
            (place, how) for place in places for how in ("a FIN", "a reset")
        ]
        assert all(cut.reached and cut.text in cut.back.texts for cut in found)
        assert not any(cut.text in str(cut.before.events) for cut in found)
        assert test_replay.test_a_cut_does_not_move_the_cursor(found).verdict == "PASS"


def test_bodies_end_at_the_very_byte() -> None:
    with subjects(OddServer, Manners(line_end="\r\n")) as subject, subject.visit() as visitor:
        found = {cut.where: bytes(cut.before.body) for cut in cuts(visitor)}

    assert found["inside the id line"] == b"id: "
    assert found["between CR and LF"] == b"id: 2\r"
    assert found["behind the id line"] == b"id: 2\r\n"
    assert found["inside a character"].endswith(b"cut-nonce-1.\xf0\x9f")
    assert found[LAST[0]].endswith(b"cut-nonce-1.\xf0\x9f\x98\x80\r\n")


def test_an_event_that_counts_as_seen_because_it_was_written_is_a_fault() -> None:
    with subjects(Remembering, Manners()) as subject, subject.visit() as visitor:
        judgement = test_replay.test_a_cut_does_not_move_the_cursor(cuts(visitor))

    assert judgement.verdict == "FAIL"
    assert judgement.observed == "cut inside the id line, by a FIN: it did not come again"


@pytest.mark.parametrize(("kind", "verdict"), [(OddServer, "PASS"), (Forgetting, "FAIL")])
def test_ten_cuts_in_a_row(kind: type[OddServer], verdict: str) -> None:
    with subjects(kind, Manners()) as subject:
        with subject.visit() as visitor:
            story = chain(visitor)

        assert len(story.readings) == 11
        assert test_replay.test_cuts_add_up(story, subject.target).verdict == verdict
