"""A queue of messages that gives them out in batches, closed by size or by age. One writer, one reader."""

import asyncio
from collections import deque
from time import monotonic

from .parcel import Parcel

__all__ = ["Outbox"]


class Outbox:
    """`full` from `bound` messages on: the writer then waits. None waits for company beyond `linger` s."""

    def __init__(self, bound: int, linger: float) -> None:
        self._bound, self._linger = bound, linger
        self._parcels: deque[tuple[float, Parcel]] = deque()  # with when they came
        self._count = 0
        self._changed = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return self._count

    @property
    def full(self) -> bool:
        """Whether the writer has to wait."""
        return self._count >= self._bound

    def put(self, parcel: Parcel) -> None:
        """Add messages, in order."""
        self._parcels.append((monotonic(), parcel))
        self._count += len(parcel)
        self._changed.set()

    async def take(self, most: int) -> Parcel:
        """Up to `most` messages, at once if there, else when the oldest has lingered; none at the end."""
        while not self._count and not self._closed:
            await self._change()
        while self._count < most and not self._closed:
            left = self._parcels[0][0] + self._linger - monotonic()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._change(), left)
            except TimeoutError:
                break
        return Parcel.join(self._first(most))

    def _first(self, most: int) -> list[Parcel]:
        found = []
        while self._parcels and most:
            since, parcel = self._parcels.popleft()
            if len(parcel) > most:
                self._parcels.appendleft((since, parcel[most:]))
                parcel = parcel[:most]
            found.append(parcel)
            most -= len(parcel)
            self._count -= len(parcel)
        return found

    def close(self) -> None:
        """No more will be put; what is there is still given out, without lingering."""
        self._closed = True
        self._changed.set()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
