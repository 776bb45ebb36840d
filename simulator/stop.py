"""How a run is asked to end: make no more and deliver for a while, or leave at once."""

import asyncio
from collections.abc import Coroutine
from typing import Any

__all__ = ["Stop"]


class Stop:
    """The first wish leaves time to deliver what is queued, the second doesn't."""

    def __init__(self) -> None:
        self._asked, self._at_once = asyncio.Event(), asyncio.Event()
        self._grace = 0.0

    @property
    def asked(self) -> bool:
        """Whether the run was asked to end."""
        return self._asked.is_set()

    def ask(self, grace: float) -> None:
        """End, with `grace` seconds to deliver; at once if this was asked before."""
        if self.asked:
            self._at_once.set()
        self._grace = grace
        self._asked.set()

    async def bound(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work until the first wish; raises what it raises."""
        await self._race(work, wishes=(self._asked,), grace=False)

    async def bound_with_grace(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work until `grace` seconds after the first wish, or until the second."""
        await self._race(work, wishes=(self._asked, self._at_once), grace=True)

    async def _race(
        self, work: Coroutine[Any, Any, None], wishes: tuple[asyncio.Event, ...], *, grace: bool
    ) -> None:
        task = asyncio.create_task(work)
        waits = [asyncio.create_task(wish.wait()) for wish in wishes]
        try:
            await asyncio.wait([task, waits[0]], return_when=asyncio.FIRST_COMPLETED)
            if grace and not task.done():
                await asyncio.wait([task, waits[1]], return_when=asyncio.FIRST_COMPLETED, timeout=self._grace)
            if task.done():
                task.result()
        finally:
            for each in (task, *waits):
                each.cancel()
            await asyncio.gather(task, *waits, return_exceptions=True)
