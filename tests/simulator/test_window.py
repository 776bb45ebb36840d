"""How many at once."""

import asyncio
import time

from simulator.window import Window


def succeed(window: Window, times: int) -> None:
    for _ in range(times):
        window.succeeded()


def test_half_as_many_when_the_receiver_is_busy_and_one_more_after_fifty_successes() -> None:
    window = Window(8)
    sizes = [window.size]
    for _ in range(4):
        window.failed(busy=True)
        sizes.append(window.size)
    succeed(window, 49)
    sizes.append(window.size)
    succeed(window, 1)
    sizes.append(window.size)
    succeed(window, 1000)

    assert sizes == [8, 4, 2, 1, 1, 1, 2]
    assert window.size == 8


def test_five_failures_in_a_row_open_the_circuit_and_one_success_closes_it() -> None:
    window = Window(4)
    for _ in range(4):
        window.failed(busy=False)
    before = (window.size, window.broken)
    window.failed(busy=False)
    during = (window.size, window.broken)
    closes = [window.succeeded(), window.succeeded()]

    assert (before, during, closes) == ((4, False), (1, True), [True, False])
    assert (window.size, window.broken) == (4, False)


def most_at_once(window: Window, workers: int) -> int:
    at_once, most = 0, 0

    async def work() -> None:
        nonlocal at_once, most
        async with window.turn():
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1

    async def play() -> None:
        await asyncio.gather(*(work() for _ in range(workers)))

    asyncio.run(asyncio.wait_for(play(), 10))
    return most


def test_turns_are_taken() -> None:
    window, broken = Window(3), Window(3)
    for _ in range(5):
        broken.failed(busy=False)

    assert most_at_once(window, 10) == 3
    assert most_at_once(broken, 10) == 1


def test_a_worker_that_is_cancelled_in_its_turn_gives_it_back() -> None:
    async def play() -> None:
        window = Window(1)
        async with asyncio.TaskGroup() as group:
            holder = group.create_task(hold(window))
            waiter = group.create_task(hold(window))
            await asyncio.sleep(0)
            waiter.cancel()
            holder.cancel()
        async with window.turn():
            assert window.under_way == 1

    async def hold(window: Window) -> None:
        async with window.turn():
            await asyncio.Event().wait()

    asyncio.run(asyncio.wait_for(play(), 10))


def test_a_pause_ends_when_the_circuit_closes_but_not_before_what_was_asked_for() -> None:
    window = Window(4)
    for _ in range(5):
        window.failed(busy=False)

    async def play() -> float:
        begin = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(window.pause(0.3, 60))
            await asyncio.sleep(0.05)
            window.succeeded()
        return time.monotonic() - begin

    assert 0.3 <= asyncio.run(asyncio.wait_for(play(), 30)) < 30
