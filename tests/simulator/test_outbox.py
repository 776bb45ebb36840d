"""Batches are closed by size or by linger."""

import asyncio
import time

import numpy as np

from simulator.outbox import Outbox
from simulator.parcel import Parcel

DEADLINE = 10.0


def texts(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def numbered(count: int, first: int = 0) -> Parcel:
    numbers = np.arange(first, first + count)
    return Parcel([b"%d" % number for number in numbers], numbers, numbers / 2)


def test_a_full_batch_does_not_linger() -> None:
    async def play() -> Parcel:
        box = Outbox(100, linger=1000)
        box.put(numbered(5))
        return await asyncio.wait_for(box.take(5), DEADLINE)

    assert asyncio.run(play()).messages == texts(5)


def test_a_small_batch_waits_for_company() -> None:
    async def play() -> tuple[Parcel, float]:
        box = Outbox(100, linger=0.2)
        box.put(numbered(1))
        begin = time.monotonic()
        taking = asyncio.create_task(box.take(50))
        await asyncio.sleep(0)
        box.put(numbered(1, first=1))
        return await asyncio.wait_for(taking, DEADLINE), time.monotonic() - begin

    batch, seconds = asyncio.run(play())

    assert batch.messages == [b"0", b"1"]
    assert seconds > 0.15


def test_what_is_left_keeps_its_order() -> None:
    async def play() -> list[Parcel]:
        box = Outbox(100, linger=0)
        box.put(numbered(2))
        box.put(numbered(5, first=2))
        box.close()
        return [await asyncio.wait_for(box.take(3), DEADLINE) for _ in range(4)]

    batches = asyncio.run(play())

    assert [batch.messages for batch in batches] == [[b"0", b"1", b"2"], [b"3", b"4", b"5"], [b"6"], []]
    assert [batch.devices.tolist() for batch in batches] == [[0, 1, 2], [3, 4, 5], [6], []]
    assert batches[1].due.tolist() == [1.5, 2.0, 2.5]


def test_what_was_left_by_a_batch_does_not_linger_anew() -> None:
    async def play() -> float:
        box = Outbox(100, linger=0.3)
        box.put(numbered(5))
        await asyncio.sleep(0.25)
        await box.take(4)
        begin = time.monotonic()
        await asyncio.wait_for(box.take(4), DEADLINE)
        return time.monotonic() - begin

    assert asyncio.run(play()) < 0.25


def test_it_tells_when_it_is_full() -> None:
    async def play() -> list[bool]:
        box = Outbox(3, linger=0)
        found = []
        for _ in range(3):
            box.put(numbered(1))
            found.append(box.full)
        await box.take(1)
        return [*found, box.full]

    assert asyncio.run(play()) == [False, False, True, False]
