"""How a run is asked to end."""

import asyncio

import pytest

from simulator.stop import Stop


async def forever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise LookupError("inside")


def test_work_ends_with_the_first_wish() -> None:
    async def play() -> bool:
        stop = Stop()
        asyncio.get_running_loop().call_soon(stop.ask, 0.0)
        await asyncio.wait_for(stop.bound(forever()), 10)
        return stop.asked

    assert asyncio.run(play())


def test_work_with_grace_ends_when_the_grace_does() -> None:
    async def play() -> None:
        stop = Stop()
        stop.ask(0.05)
        await asyncio.wait_for(stop.bound_with_grace(forever()), 10)

    asyncio.run(play())


def test_the_second_wish_is_at_once() -> None:
    async def play() -> None:
        stop = Stop()
        stop.ask(1000)
        asyncio.get_running_loop().call_soon(stop.ask, 1000)
        await asyncio.wait_for(stop.bound_with_grace(forever()), 10)

    asyncio.run(play())


def test_what_fails_inside_is_raised() -> None:
    with pytest.raises(LookupError, match="inside"):
        asyncio.run(Stop().bound(fail()))
    with pytest.raises(LookupError, match="inside"):
        asyncio.run(Stop().bound_with_grace(fail()))
