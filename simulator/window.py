"""How many POSTs may be under way at once: one more after many successes, half as many when that is too much.

Additive increase, multiplicative decrease, as of TCP; and a circuit: after some failures in a row, one probe
at a time until one gets through. Sends nothing itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

__all__ = ["Window"]

GROWTH = 50  # successes for one more at a time
BROKEN = 5  # failures in a row that open the circuit


class Window:
    """Shared by all workers; at most, and at first, `most` at a time."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, float(most)
        self.under_way = self._successes = self._failures = 0
        self._turn = asyncio.Condition()
        self._life = asyncio.Event()  # set by the success that closes the circuit

    @property
    def size(self) -> int:
        """How many may be under way now."""
        return 1 if self.broken else int(self._size)

    @property
    def broken(self) -> bool:
        """Whether the circuit is open."""
        return self._failures >= BROKEN

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and hold it."""
        async with self._turn:
            await self._turn.wait_for(lambda: self.under_way < self.size)
            self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
            async with self._turn:
                self._turn.notify_all()

    def succeeded(self) -> bool:
        """Note an answer; whether it closes the circuit."""
        closes, self._failures = self.broken, 0
        self._successes += 1
        if self._successes % GROWTH == 0:
            self._size = min(self._most, self._size + 1)
        if closes:
            self._life.set()
            self._life = asyncio.Event()
        return closes

    def failed(self, *, busy: bool) -> None:
        """Note a failure; `busy`: the receiver said that there is too much at once."""
        self._failures += 1
        if busy:
            self._size = max(1.0, self._size / 2)

    async def pause(self, least: float, most: float) -> None:
        """Sleep `most` seconds; if the circuit closes meanwhile, only `least`."""
        life = self._life
        await asyncio.sleep(least)
        with suppress(TimeoutError):
            await asyncio.wait_for(life.wait(), most - least)
