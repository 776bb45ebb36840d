"""Hubs and pursuits that do not keep channels apart; the faults are listed with those of SEC."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from reference_server import wire
from reference_server.feed import Feed
from reference_server.hub import Hub
from reference_server.log import Entry
from reference_server.pursuit import Pursuit
from reference_server.subscriber import Subscriber

__all__ = ["PrefixHub", "UnfilteredPursuit"]

L = TypeVar("L")


class PrefixHub(Hub):
    """Takes the name of a channel for the beginning of names."""

    def publish(self, entries: Sequence[Entry]) -> None:
        super().publish(entries)
        for item in (entry.item for entry in entries):
            longer = [name for name in self._live if item.channel.startswith(name) and item.channel != name]
            for audiences in (self._live[name] for name in longer):
                for subscriber in (each for live in audiences.values() for each in live):
                    subscriber.write(wire.encode(wire.Event(item.data, item.event)))


class AllChannels(Feed):
    """A feed of whatever there is."""

    __slots__ = ()

    def mine(self, located: Iterable[L]) -> list[L]:
        return [*located]


class UnfilteredPursuit(Pursuit):
    """Reads what follows the cursor, and forgets to ask for the channel."""

    async def _pump(self, subscriber: Subscriber, until: int) -> None:
        feed = subscriber.feed
        subscriber.feed = AllChannels(feed.channel)
        try:
            await super()._pump(subscriber, until)
        finally:
            subscriber.feed = feed
