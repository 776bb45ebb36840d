"""Fan-out where limits are small: who fell behind, who fell off, who is cut, and what one write may hold."""

import asyncio
import http.client
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from reference_server.limits import Limits
from reference_server.serving import serving
from reference_server.settings import Settings
from tests.conftest import DEADLINE
from tests.reference_server.listener import Listener, stalled

SMALL = Limits(tail_frames=10, backlog=1_000, write=5_000)
Play = Callable[[str], None]


def played(play: Play, settings: Settings) -> None:
    """Run a server in this thread's loop, and `play` with its URL in another thread."""

    async def main() -> None:
        async with asyncio.timeout(2 * DEADLINE), serving(settings) as url:
            await asyncio.to_thread(play, url)

    asyncio.run(main())


def publish(url: str, *data: str) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=DEADLINE) as client:
        for each in data:
            client.post("/events/c", json={"data": each}).raise_for_status()


def send_for_ever(peer: socket.socket) -> NoReturn:
    while True:
        peer.send(b"x")


def numbers(raw: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"data: (\d+):", raw)]


def test_one_who_fell_off_the_tail_is_told_and_goes_on() -> None:
    def play(url: str) -> None:
        slow = stalled(url, "/events/c")
        publish(url, *(f"{n}:" + "x" * 4000 for n in range(60)))
        response = http.client.HTTPResponse(slow)
        response.begin()
        raw = b""
        while b'"reason": "slow"' not in raw:
            raw += response.read1(65536)
        publish(url, "60:live")
        while b"60:live" not in raw:
            raw += response.read1(65536)
        response.close()
        slow.close()

        parts = [numbers(part) for part in raw.split(b"event: reset")]
        assert all(part == list(range(part[0], part[-1] + 1)) for part in parts if part)
        assert parts[0][0] == 0
        assert parts[-1][-1] == 60
        assert sum(map(len, parts)) < 61

    played(play, Settings(port=0, retain=10, limits=SMALL))


def read_late(url: str) -> bytes:
    """What a reader gets who begins to read when sixty events have been published."""
    slow = stalled(url, "/events/c")
    publish(url, *(f"{n}:" + "x" * 4000 for n in range(60)))
    response = http.client.HTTPResponse(slow)
    response.begin()
    raw = b""
    while b"data: 59:" not in raw:
        raw += response.read1(65536)
    response.close()
    slow.close()
    return raw


@pytest.mark.parametrize("log", ["memory", "sqlite"])
def test_one_who_is_behind_the_tail_goes_on_from_the_log(log: str, tmp_path: Path) -> None:
    def play(url: str) -> None:
        raw = read_late(url)

        assert numbers(raw) == list(range(60))

    where = log if log == "memory" else f"sqlite:{tmp_path / 'log.db'}"
    played(play, Settings(port=0, log=where, limits=SMALL))


def test_one_who_takes_nothing_for_the_stall_time_is_cut() -> None:
    def play(url: str) -> None:
        slow = stalled(url, "/events/c")
        with Listener(url, "/events/c") as witness:
            publish(url, *(f"{n}:" + "x" * 4000 for n in range(60)))
            assert len(witness.take(60)) == 60
            with pytest.raises(ConnectionResetError):
                send_for_ever(slow)  # the only way to hear of a reset without reading
        slow.close()

    played(play, Settings(port=0, limits=Limits(backlog=1_000, stall_seconds=0.5)))


def test_more_than_a_write_holds_goes_out_in_several_and_in_order() -> None:
    def play(url: str) -> None:
        lines = "\n".join(f'{{"device":"d","value":{n}}}' for n in range(500))
        with Listener(url) as stream:
            answer = httpx.post(
                f"{url}/measurements", content=lines, headers={"Content-Type": "application/x-ndjson"}
            )
            events = stream.take(500)

        assert answer.json()["accepted"] == 500
        assert [each.data for each in events] == lines.split("\n")

    played(play, Settings(port=0, limits=Limits(write=1_000)))


def test_a_batch_larger_than_the_tail_reaches_everyone_from_the_log() -> None:
    def play(url: str) -> None:
        lines = "\n".join(f'{{"device":"d","value":{n}}}' for n in range(500))
        with Listener(url) as one, Listener(url) as two:
            httpx.post(f"{url}/measurements", content=lines, headers={"Content-Type": "application/x-ndjson"})
            heard = [[each.data for each in stream.take(500)] for stream in (one, two)]

        assert heard == [lines.split("\n")] * 2

    played(play, Settings(port=0, limits=SMALL))


def test_more_subscribers_than_the_limit_are_sent_away_for_a_while() -> None:
    def play(url: str) -> None:
        with Listener(url), Listener(url) as second:
            refused = second.response.status, second.response.getheader("Retry-After")
        assert refused == (503, "5")

    played(play, Settings(port=0, limits=Limits(subscribers=1)))


def test_a_resume_while_others_publish_is_exact() -> None:
    def play(url: str) -> None:
        with httpx.Client(base_url=url, trust_env=False) as client:
            epoch = client.post("/events/c", json={"data": "first"}).json()["id"].partition("-")[0]
        publisher = threading.Thread(target=publish, args=(url, *map(str, range(400))))
        publisher.start()
        for round_ in range(20):
            with Listener(url, "/events/c", last_id=f"{epoch}-{round_}") as stream:
                ids = [each.last_event_id for each in stream.take(10 * round_ + 10)]
            assert ids == [f"{epoch}-{n}" for n in range(round_ + 1, round_ + 1 + len(ids))]
        publisher.join()

    played(play, Settings(port=0, limits=SMALL))


def test_one_who_stays_gets_what_the_tail_holds_though_nobody_could_resume_there() -> None:
    def play(url: str) -> None:
        raw = read_late(url)
        first = re.search(rb"id: (\w+-1)\n", raw)
        assert first
        with Listener(url, "/events/c", last_id=first[1].decode()) as again:
            (reset,) = again.take(1)

        assert numbers(raw) == list(range(60))
        assert '"evicted"' in reset.data

    played(play, Settings(port=0, retain=2, limits=Limits(backlog=1_000, write=5_000)))
