"""A queue of messages that gives them out in batches, closed by size or by linger. One writer, one reader."""

import asyncio
from collections import deque
from time import monotonic

__all__ = ["Outbox"]


class Outbox:
    """`full` from `bound` messages on: the writer then waits before it adds more."""

    def __init__(self, bound: int, linger: float) -> None:
        self._bound, self._linger = bound, linger
        self._messages: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._closed = False
        self._since = 0.0  # when the oldest message came

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def full(self) -> bool:
        """Whether the writer has to wait."""
        return len(self._messages) >= self._bound

    def put(self, messages: list[bytes]) -> None:
        """Add messages, in order."""
        if not self._messages:
            self._since = monotonic()
        self._messages.extend(messages)
        self._changed.set()

    async def take(self, most: int) -> list[bytes]:
        """Up to `most` messages, at once if they are there, else after the linger; [] at the end."""
        while not self._messages and not self._closed:
            await self._change()
        while len(self._messages) < most and not self._closed:
            left = self._since + self._linger - monotonic()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._change(), left)
            except TimeoutError:
                break
        self._since = monotonic()
        return [self._messages.popleft() for _ in range(min(most, len(self._messages)))]

    def close(self) -> None:
        """No more will be put; what is there is still given out, without lingering."""
        self._closed = True
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
