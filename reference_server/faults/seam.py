"""Pursuits that go wrong between history and present; the faults are listed with those of REPLAY."""

from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any

from reference_server.pursuit import Pursuit
from reference_server.subscriber import Subscriber

__all__ = [
    "LiveFirst",
    "NineCursors",
    "SharedPosition",
    "SkipsFirst",
    "SnapshotFirst",
    "Undeduped",
    "WrittenIsSeen",
]

MOST_CURSORS = 9


class Arrival(Pursuit, ABC):
    """Wrong for whoever comes, and right for whoever has only been slow since."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._came: set[int] = set()

    async def _catch_up(self, subscriber: Subscriber) -> None:
        if subscriber.number not in self._came and subscriber.cursor <= self._hub.head:
            self._came.add(subscriber.number)
            await self._arrive(subscriber)
        await super()._catch_up(subscriber)

    @abstractmethod
    async def _arrive(self, subscriber: Subscriber) -> None:
        """Bring `subscriber` up to where it is left to the correct path."""

    async def _replay(self, subscriber: Subscriber, until: int) -> None:
        await subscriber.outlet.room()
        while subscriber.cursor < until and not subscriber.reason:
            await self._pump(subscriber, until)
            await subscriber.outlet.room()


class SkipsFirst(Arrival):
    """Off by one: the first event behind the cursor is taken for the one that the client saw."""

    async def _arrive(self, subscriber: Subscriber) -> None:
        for frame in await self._frames.after(subscriber.cursor):
            subscriber.cursor = frame.sequence
            if subscriber.feed.cut([frame])[0]:
                return


class SnapshotFirst(Arrival):
    """Reads the history up to now, writes it, subscribes then: what came in between is nobody's."""

    async def _arrive(self, subscriber: Subscriber) -> None:
        await self._replay(subscriber, self._hub.head)
        subscriber.cursor = self._hub.head


class Undeduped(Arrival):
    """Subscribes, reads the history to its end, and then sends all that has queued up since."""

    async def _arrive(self, subscriber: Subscriber) -> None:
        subscribed = self._hub.head
        while subscriber.cursor < self._hub.head and not subscriber.reason:
            await self._replay(subscriber, self._hub.head)
        subscriber.cursor = subscribed


class LiveFirst(Arrival):
    """Is live from the first moment, and replays beside that."""

    async def _arrive(self, subscriber: Subscriber) -> None:
        at, until = subscriber.cursor, self._hub.head
        subscriber.cursor = until
        self._hub.join(subscriber)
        while at < until and not subscriber.reason:
            frames = [frame for frame in await self._frames.after(at) if frame.sequence <= until]
            if not frames:
                break
            subscriber.write(subscriber.feed.cut(frames)[1])
            at = frames[-1].sequence
            await subscriber.outlet.room()
        if subscriber.live:
            self._hub.part(subscriber)


class WrittenIsSeen(Pursuit):
    """Remembers, by cursor, what it was writing when a connection broke, and goes on behind that."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._writing: set[int] = set()  # the numbers of subscribers
        self._written: dict[tuple[str, int], int] = {}

    async def follow(self, subscriber: Subscriber) -> None:
        key = subscriber.feed.channel, subscriber.cursor
        subscriber.cursor = max(subscriber.cursor, self._written.get(key, 0))
        try:
            await super().follow(subscriber)
        finally:
            if subscriber.number in self._writing:
                self._written[key] = subscriber.cursor

    async def _catch_up(self, subscriber: Subscriber) -> None:
        self._writing.add(subscriber.number)
        await super()._catch_up(subscriber)
        self._writing.discard(subscriber.number)


class NineCursors(Pursuit):
    """Has room for a few cursors of a channel; whoever comes with one more goes live."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._known: defaultdict[str, set[int]] = defaultdict(set)

    async def follow(self, subscriber: Subscriber) -> None:
        known = self._known[subscriber.feed.channel]
        if subscriber.cursor not in known and len(known) == MOST_CURSORS:
            subscriber.cursor = self._hub.head
        elif subscriber.cursor < self._hub.head:
            known.add(subscriber.cursor)
        await super().follow(subscriber)


class SharedPosition(Pursuit):
    """Keeps the position of a long replay by channel, and not by reader."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._positions: dict[str, int] = {}
        self._under_way: set[int] = set()  # the numbers of subscribers

    async def _pump(self, subscriber: Subscriber, until: int) -> None:
        channel = subscriber.feed.channel
        if subscriber.number in self._under_way:
            subscriber.cursor = self._positions[channel]
        if subscriber.cursor < until:
            await super()._pump(subscriber, until)
        self._under_way.add(subscriber.number)
        self._positions[channel] = subscriber.cursor
        if subscriber.cursor == self._hub.head:
            self._under_way.discard(subscriber.number)
