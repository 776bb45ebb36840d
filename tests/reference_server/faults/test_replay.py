"""Faults of resumes, in what comes over a socket; all else is as it should be."""

import re
import socket
from collections.abc import Sequence

import httpx
import pytest

from reference_server.cursor import Place, Reset
from reference_server.faults import FAULTS
from reference_server.settings import Settings
from tests.reference_server.faults.test_id import came, publish, settings
from tests.reference_server.listener import Listener, stalled
from tests.reference_server.running import running
from tests.reference_server.test_faults import Held

TEXT = re.compile(rb"data: (\w+)")
BACKLOG = tuple(f"a{number}" for number in range(96))
SIZE = 4096  # bytes of an event, so that the replay does not fit into what a stalled connection holds

LOCATED = {
    "first-replays-all": {"": Place(4), "e-7": Place(7), "x": Place(9, Reset("unknown", "x"))},
    "evicted-silent": {"": Place(9), "e-1": Place(4), "e-7": Place(7), "x": Place(9, Reset("unknown", "x"))},
}


@pytest.mark.parametrize(("name", "asked"), [(name, asked) for name in LOCATED for asked in LOCATED[name]])
def test_a_resume_begins_at_the_wrong_place(name: str, asked: str) -> None:
    assert FAULTS[name].parts.locate(asked, Held()) == LOCATED[name][asked]


def fill(url: str, texts: Sequence[str]) -> list[str]:
    """Publish them, made long; the id of each."""
    with httpx.Client() as client:
        answers = [client.post(f"{url}/events/c", json={"data": text.ljust(SIZE)}) for text in texts]
    return [answer.json()["id"] for answer in answers]


def begun(url: str, cursor: str) -> socket.socket:
    """A reader whose replay has begun, and stands still."""
    peer = stalled(url, f"/events/c?lastEventId={cursor}")
    assert peer.recv(500)
    return peer


def rest(peer: socket.socket, mark: bytes) -> list[str]:
    """The texts that come, up to the one that is `mark`."""
    got = b"data: a1 "  # which `begun` may have read
    while mark not in got:
        data = peer.recv(65536)
        assert data, got[-200:]
        got += data
    return list(dict.fromkeys(found.decode() for found in TEXT.findall(got.partition(mark)[0])))


LIVE = ("b0", "b1", "b2")


def stretched(parts: str | None) -> list[str]:
    """What a reader gets while whose replay stands still three events are published, and one after it."""
    made = settings(parts) if parts else Settings(port=0, retry=0)
    with running(made) as url:
        ids = fill(url, BACKLOG)
        with begun(url, ids[0]) as peer:
            publish(url, *LIVE)
            got = bytearray()
            while BACKLOG[-1].encode() not in got:
                got += peer.recv(65536)
            publish(url, "end")
            while b"data: end" not in got:
                got += peer.recv(65536)
    return [found.decode() for found in TEXT.findall(bytes(got)) if found.decode() in (*LIVE, BACKLOG[-1])]


@pytest.mark.parametrize(
    ("name", "order"),
    [
        (None, [BACKLOG[-1], *LIVE]),
        ("seam-gap", [BACKLOG[-1]]),
        ("seam-repeats", [BACKLOG[-1], *LIVE, *LIVE]),
        ("live-before-replay", [LIVE[0], BACKLOG[-1], *LIVE[1:]]),
    ],
)
def test_a_stretched_seam(name: str | None, order: list[str]) -> None:
    assert stretched(name) == order


@pytest.mark.parametrize("name", ["seam-gap", "seam-repeats", "live-before-replay", "shared-position"])
def test_a_plain_resume_is_as_it_should_be(name: str) -> None:
    with running(settings(name)) as url:
        first, *_ = publish(url, "a", "b", "c")

        with Listener(url, "/events/c", first) as listener:
            assert [event.data for event in listener.take(2)] == ["b", "c"]
            publish(url, "d")
            assert listener.take(3)[-1].data == "d"


def test_what_was_being_written_when_a_connection_broke_does_not_come_again() -> None:
    with running(settings("written-is-seen")) as url:
        ids = fill(url, BACKLOG)
        assert len(came(url, "/events/c", {"Last-Event-ID": ids[0]})) == 95
        begun(url, ids[0]).close()

        again = came(url, "/events/c", {"Last-Event-ID": ids[0]})
        others = came(url, "/events/c", {"Last-Event-ID": ids[1]})

    assert len(again) < 40
    assert len(others) == 94


def test_the_tenth_cursor_of_a_channel_is_not_followed() -> None:
    with running(settings("few-resumes")) as url:
        ids = publish(url, *map(str, range(12)))

        found = [came(url, "/events/c", {"Last-Event-ID": id_}) for id_ in ids[:10]]
        again = came(url, "/events/c", {"Last-Event-ID": ids[0]})

    assert [len(texts) for texts in found] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 0]
    assert len(again) == 11


def test_readers_in_a_long_replay_share_its_position() -> None:
    with running(settings("shared-position")) as url:
        ids = fill(url, BACKLOG)
        with begun(url, ids[0]) as first, begun(url, ids[20]):
            publish(url, "end")
            got = rest(first, b"data: end")

    missing = [number for number, text in enumerate(BACKLOG) if number and text not in got]
    assert len(missing) == 20
    assert missing == [*range(missing[0], missing[-1] + 1)]


def test_the_first_event_of_its_channel_is_skipped_whatever_lies_between() -> None:
    with running(settings("replay-skips-first")) as url:
        first, *_ = fill(url, ["a1"])
        httpx.post(f"{url}/events/other", json={"data": "x"}).raise_for_status()
        fill(url, ["a2", "a3"])

        with httpx.stream("GET", f"{url}/events/c", headers={"Last-Event-ID": first}) as stream:
            texts = (line.split()[1] for line in stream.iter_lines() if line.startswith("data:"))
            assert next(texts) == "a3"
