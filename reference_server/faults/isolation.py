"""Hubs and pursuits that do not keep channels apart; the faults are listed with those of SEC."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from reference_server import wire
from reference_server.feed import Feed, Located
from reference_server.hub import Hub
from reference_server.log import Entry
from reference_server.pursuit import Pursuit
from reference_server.subscriber import Subscriber

__all__ = ["BorrowingPursuit", "PrefixHub"]

L = TypeVar("L", bound=Located)


class PrefixHub(Hub):
    """Takes the name of a channel for the beginning of names."""

    def publish(self, entries: Sequence[Entry]) -> None:
        super().publish(entries)
        for item in (entry.item for entry in entries):
            longer = [name for name in self._live if item.channel.startswith(name) and item.channel != name]
            for audiences in (self._live[name] for name in longer):
                for subscriber in (each for live in audiences.values() for each in live):
                    subscriber.write(wire.encode(wire.Event(item.data, item.event)))


class Channels(Feed):
    """A feed of more than one channel: `devices` are the others."""

    __slots__ = ()

    def mine(self, located: Iterable[L]) -> list[L]:
        return [each for each in located if each.channel == self.channel or each.channel in self.devices]


class BorrowingPursuit(Pursuit):
    """Looks the cursor up, and replays the channel that it is of."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._borrowed: dict[int, Channels] = {}  # by the numbers of subscribers

    async def follow(self, subscriber: Subscriber) -> None:
        found = [frame.channel for frame in await self._frames.after(subscriber.cursor - 1)][:1]
        if subscriber.cursor and found and found[0] != subscriber.feed.channel:
            self._borrowed[subscriber.number] = Channels(subscriber.feed.channel, (found[0],))
        await super().follow(subscriber)

    async def _pump(self, subscriber: Subscriber, until: int) -> None:
        feed = subscriber.feed
        subscriber.feed = self._borrowed.get(subscriber.number, feed)
        try:
            await super()._pump(subscriber, until)
        finally:
            subscriber.feed = feed
