"""Delivery over real sockets: at least once, in order, and honest about what was not taken."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator.outage import UndeliverableError
from simulator.parcel import Parcel
from simulator.sink import Sink
from simulator.tally import Tally

from .receiver import Post, Receiver, Script, receiving

DEVICES = 8
DEADLINE = 30.0


def batch_of(seq: int) -> Parcel:
    messages = [b'{"device":"d%d","boot":1,"seq":%d,"values":{}}' % (each, seq) for each in range(DEVICES)]
    return Parcel(messages, np.arange(DEVICES), np.full(DEVICES, np.nan))


def deliver(
    tmp_path: Path, script: Script = lambda _: None, rounds: int = 25, **options: Any
) -> tuple[Receiver, Tally, list[str]]:
    """`rounds` messages of each device through a sink to a receiver that answers by `script`."""
    tally, said = Tally(), list[str]()

    async def play() -> Receiver:
        async with receiving(script) as receiver:
            settings = {"batch": 20, "linger": 0.01, "give_up": 20.0} | options
            async with Sink(
                receiver.url, tally, tmp_path / "no" / "r.ndjson", say=said.append, **settings
            ) as sink:
                for seq in range(rounds):
                    await sink.put(batch_of(seq), np.arange(DEVICES) % sink.workers)
                await sink.drain()
            return receiver

    return asyncio.run(asyncio.wait_for(play(), DEADLINE)), tally, said


def everything(rounds: int = 25) -> set[tuple[str, int]]:
    return {(f"d{device}", seq) for device in range(DEVICES) for seq in range(rounds)}


def test_all_arrive_once_and_in_order(tmp_path: Path) -> None:
    receiver, tally, said = deliver(tmp_path)

    assert set(receiver.kept) == everything()
    assert all(seqs == list(range(25)) for seqs in receiver.order.values())
    assert (tally.generated, tally.accepted, tally.duplicates, tally.undelivered) == (200, 200, 0, 0)
    assert max(receiver.sizes) <= 20
    assert said == []


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 507])
def test_later_means_again(tmp_path: Path, status: int) -> None:
    receiver, tally, said = deliver(
        tmp_path, lambda post: web.Response(status=status) if post.number % 4 == 1 else None
    )

    assert set(receiver.kept) == everything()
    assert max(receiver.kept.values()) == 1
    assert tally.retries > 0
    assert tally.accepted == 200
    assert f"{status}; trying again" in said[0]


def test_a_connection_that_breaks_after_the_commit_makes_duplicates_not_losses(tmp_path: Path) -> None:
    receiver, tally, _ = deliver(tmp_path, lambda post: {2: "reset", 5: "refuse"}.get(post.number))

    assert set(receiver.kept) == everything()
    assert tally.retries == 2
    assert tally.duplicates == sum(receiver.kept.values()) - 200 > 0
    assert tally.undelivered == 0


def test_order_outlives_retries(tmp_path: Path) -> None:
    receiver, _, _ = deliver(
        tmp_path, lambda post: "refuse" if post.number % 3 == 0 and post.number < 12 else None
    )

    assert all(seqs == list(range(25)) for seqs in receiver.order.values())


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    busy = web.Response
    begin = asyncio.new_event_loop()
    before = begin.time()
    _, tally, _ = deliver(
        tmp_path,
        lambda post: busy(status=503, headers={"Retry-After": "1"}) if post.number == 0 else None,
        connections=1,
    )
    seconds = begin.time() - before
    begin.close()

    assert seconds >= 1.0
    assert tally.retries == 1


def test_too_large_halves_the_batch_and_remembers(tmp_path: Path) -> None:
    receiver, tally, _ = deliver(
        tmp_path,
        lambda post: web.Response(status=413) if len(post.items) > 6 else None,
        connections=1,
        linger=5,
    )

    assert set(receiver.kept) == everything()
    assert max(receiver.kept.values()) == 1
    assert receiver.sizes[:3] == [20, 10, 5]
    assert max(receiver.sizes[3:]) == 5
    assert tally.rejected == 0


def refuse_d3_seq7(named: bool) -> Script:
    def script(post: Post) -> web.Response | None:
        for index, item in enumerate(post.items):
            if (item["device"], item["seq"]) == ("d3", 7):
                told = {"error": "no", "index": index} if named else {"detail": "no"}
                return web.json_response(told, status=422)
        return None

    return script


@pytest.mark.parametrize("named", [True, False], ids=["named", "to be found"])
def test_one_bad_item_is_kept_apart_and_the_rest_arrives(tmp_path: Path, named: bool) -> None:
    receiver, tally, said = deliver(tmp_path, refuse_d3_seq7(named))
    lines = (tmp_path / "no" / "r.ndjson").read_text().splitlines()

    assert set(receiver.kept) == everything() - {("d3", 7)}
    assert max(receiver.kept.values()) == 1
    assert [json.loads(line)["message"]["seq"] for line in lines] == [7]
    assert json.loads(lines[0])["reason"].startswith("422")
    assert (tally.rejected, tally.accepted, tally.undelivered) == (1, 199, 1)
    assert len(said) == 1


def test_what_is_refused_is_not_settled_before_what_came_first(tmp_path: Path) -> None:
    """Message 1 of a device is refused, and its message 0 not taken yet: a resume must begin with 0."""
    settled: list[int] = []

    def script(post: Post) -> web.Response | None:
        if any(item["seq"] == 1 for item in post.items):
            return web.json_response({"index": 1}, status=422)
        return web.Response(status=401) if post.number == 1 else None

    async def play() -> None:
        both = Parcel.join([batch_of(0)[:1], batch_of(1)[:1]])
        async with receiving(script) as receiver:
            options: Any = {"connections": 1, "settled": lambda devices: settled.extend(devices.tolist())}
            async with Sink(receiver.url, Tally(), tmp_path / "r", say=lambda _: None, **options) as sink:
                await sink.put(both, np.array([0, 0]))
                await sink.drain()

    with pytest.raises(UndeliverableError, match="401"):
        asyncio.run(asyncio.wait_for(play(), DEADLINE))

    assert settled == []
    assert len((tmp_path / "r").read_bytes().splitlines()) == 1


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "token"), (403, "token"), (404, "base URL"), (415, "itself")]
)
def test_what_will_not_get_better_stops_the_run(tmp_path: Path, status: int, advice: str) -> None:
    with pytest.raises(UndeliverableError, match=f": {status}: .*{advice}"):
        deliver(tmp_path, lambda _: web.Response(status=status))


def test_a_web_page_is_no_receiver(tmp_path: Path) -> None:
    page = "<html><head><title>Sign in</title></head></html>"

    with pytest.raises(UndeliverableError, match=r"200 a web page, 'Sign in': that is no receiver of meas"):
        deliver(tmp_path, lambda _: web.Response(text=page, content_type="text/html"))


def test_a_redirect_is_told_and_not_followed(tmp_path: Path) -> None:
    there = {"Location": "https://elsewhere.example/measurements"}

    with pytest.raises(
        UndeliverableError, match=r"307, redirected to https://elsewhere\.example/measurements: "
    ):
        deliver(tmp_path, lambda _: web.Response(status=307, headers=there))


def test_a_receiver_that_is_busy_gets_less_at_once(tmp_path: Path) -> None:
    """Of four workers one is left after two refusals, and after fifty answers there are two."""
    at_once, said = list[int](), list[str]()

    async def play() -> None:
        def script(post: Post) -> web.Response | None:
            at_once.append(sink.under_way[1])
            return web.Response(status=429) if post.number < 2 else None

        async with (
            receiving(script) as receiver,
            Sink(receiver.url, Tally(), tmp_path / "r", batch=5, linger=0.0, say=said.append) as sink,
        ):
            for seq in range(60):
                await sink.put(batch_of(seq), np.arange(DEVICES) % sink.workers)
            await sink.drain()

    asyncio.run(asyncio.wait_for(play(), DEADLINE))

    assert at_once[0] == 4
    assert at_once[4:40] == [1] * 36
    assert at_once[-1] >= 2


def test_it_gives_up_after_a_while(tmp_path: Path) -> None:
    with pytest.raises(UndeliverableError, match=r"503, for 0\.5 s; gave up"):
        deliver(tmp_path, lambda _: web.Response(status=503), give_up=0.5)


def test_a_token_that_no_header_may_hold_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(UndeliverableError, match="Illegal header value"):
        deliver(tmp_path, token="two\nlines")


def test_a_success_of_one_worker_is_a_sign_of_life(tmp_path: Path) -> None:
    """One slow quarter does not end a run whose other workers get through."""
    receiver, tally, _ = deliver(
        tmp_path, lambda post: web.Response(status=503) if post.number % 2 else None, give_up=5.0
    )

    assert set(receiver.kept) == everything()
    assert tally.undelivered == 0


def test_the_token_is_sent(tmp_path: Path) -> None:
    receiver, _, _ = deliver(tmp_path, token="s3cret", rounds=1)

    assert {headers["authorization"] for headers in receiver.headers} == {"Bearer s3cret"}
    assert {headers["content-type"] for headers in receiver.headers} == {"application/json"}


def test_without_a_receiver_the_writer_waits(tmp_path: Path) -> None:
    """Four batches a worker, and what one put has added."""

    async def play() -> int:
        async with Sink("http://127.0.0.1:9", Tally(), tmp_path / "r", batch=5, connections=2) as sink:
            writing = asyncio.create_task(write(sink))
            done, _ = await asyncio.wait([writing], timeout=0.5)
            assert not done
            writing.cancel()
            return sink.queued

    async def write(sink: Sink) -> None:
        for seq in range(1000):
            await sink.put(batch_of(seq), np.arange(DEVICES) % 2)

    assert 5 < asyncio.run(play()) <= 2 * (4 * 5 + DEVICES)


BIRTHS = [b'{"device":"d%d","boot":1,"sensors":[],"labels":{}}' % device for device in range(45)]


def introduce(tmp_path: Path, *, births: bool) -> Receiver:
    async def play() -> Receiver:
        async with receiving(births=births) as receiver:
            async with Sink(receiver.url, Tally(), tmp_path / "r.ndjson", batch=20) as sink:
                await sink.introduce(list(BIRTHS))
            return receiver

    return asyncio.run(asyncio.wait_for(play(), DEADLINE))


def test_births_arrive_once(tmp_path: Path) -> None:
    assert introduce(tmp_path, births=True).births == [json.loads(birth) for birth in BIRTHS]


def test_a_birth_that_is_refused_is_told_and_takes_no_other_along(tmp_path: Path) -> None:
    said: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        found = [birth["device"] for birth in json.loads(await request.read())]
        if "d7" in found:
            return web.json_response({"index": found.index("d7")}, status=422)
        known.extend(found)
        return web.json_response({})

    async def play() -> None:
        app = web.Application()
        app.router.add_post("/devices", refuse)
        async with (
            TestServer(app) as server,
            Sink(str(server.make_url("")), Tally(), tmp_path / "r", batch=20, say=said.append) as sink,
        ):
            await sink.introduce(list(BIRTHS))

    known: list[str] = []
    asyncio.run(asyncio.wait_for(play(), DEADLINE))

    assert known == [f"d{device}" for device in range(45) if device != 7]
    assert len(said) == 1
    assert 'devices refuses a birth: 422 {"index": 7}' in said[0]


def test_a_receiver_without_births_is_left_in_peace(tmp_path: Path) -> None:
    assert introduce(tmp_path, births=False).births == []


def test_an_unreachable_receiver_of_births_is_given_up(tmp_path: Path) -> None:
    async def play() -> None:
        async with Sink("http://127.0.0.1:9", Tally(), tmp_path / "r.ndjson", give_up=0.2) as sink:
            await sink.introduce(list(BIRTHS))

    with pytest.raises(UndeliverableError, match=r"cannot connect.* gave up"):
        asyncio.run(asyncio.wait_for(play(), DEADLINE))
