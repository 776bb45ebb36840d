"""Batches are closed by size or by linger."""

import asyncio
import time

from simulator.outbox import Outbox

DEADLINE = 10.0


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def test_a_full_batch_does_not_linger() -> None:
    async def play() -> list[bytes]:
        box = Outbox(100, linger=1000)
        box.put(numbered(5))
        return await asyncio.wait_for(box.take(5), DEADLINE)

    assert asyncio.run(play()) == numbered(5)


def test_a_small_batch_waits_for_company() -> None:
    async def play() -> tuple[list[bytes], float]:
        box = Outbox(100, linger=0.2)
        box.put(numbered(1))
        begin = time.monotonic()
        taking = asyncio.create_task(box.take(50))
        await asyncio.sleep(0)
        box.put([b"later"])
        return await asyncio.wait_for(taking, DEADLINE), time.monotonic() - begin

    batch, seconds = asyncio.run(play())

    assert batch == [b"0", b"later"]
    assert seconds > 0.15


def test_what_is_left_keeps_its_order() -> None:
    async def play() -> list[list[bytes]]:
        box = Outbox(100, linger=0)
        box.put(numbered(7))
        box.close()
        return [await asyncio.wait_for(box.take(3), DEADLINE) for _ in range(4)]

    assert asyncio.run(play()) == [[b"0", b"1", b"2"], [b"3", b"4", b"5"], [b"6"], []]


def test_it_tells_when_it_is_full() -> None:
    async def play() -> list[bool]:
        box = Outbox(3, linger=0)
        found = []
        for _ in range(3):
            box.put([b"x"])
            found.append(box.full)
        await box.take(1)
        return [*found, box.full]

    assert asyncio.run(play()) == [False, False, True, False]
