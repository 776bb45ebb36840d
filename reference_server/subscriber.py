"""One subscriber: a way out, and a cursor. It has no queue."""

import asyncio

from reference_server.feed import Feed, Ration
from reference_server.outlet import Outlet

__all__ = ["Subscriber"]


class Subscriber:
    """Whoever listens to a feed, and has been written everything up to `cursor`.

    While it is live its cursor is the hub's own, and `cursor` says where it joined.
    """

    __slots__ = ("cursor", "feed", "number", "outlet", "reason", "told", "until_behind", "watchdog", "wrote")

    def __init__(
        self, outlet: Outlet, feed: Feed, cursor: int, number: int = 0, *, watchdog: bool = False
    ) -> None:
        """`number`: its name in the journal."""
        self.number = number
        self.outlet = outlet
        self.feed: Feed | Ration = feed
        self.watchdog = watchdog  # wants events for heartbeats
        self.reason = ""  # not empty: why its stream is to end, at the next border of an event
        self.cursor = cursor  # a sequence
        self.told = cursor  # the last sequence that the client itself knows of
        self.wrote = asyncio.get_running_loop().time()  # when bytes last went out, on the loop's clock
        self.until_behind: asyncio.Future[None] | None = None  # while it is live

    @property
    def live(self) -> bool:
        return self.until_behind is not None

    def join(self) -> None:
        """From behind to live."""
        self.until_behind = asyncio.get_running_loop().create_future()

    def part(self) -> None:
        """From live to behind."""
        if self.until_behind and not self.until_behind.done():
            self.until_behind.set_result(None)
        self.until_behind = None

    def write(self, body: bytes) -> None:
        """Whole blocks only; none is no write, since an empty chunk would end the response."""
        if body:
            self.outlet.write(self.outlet.framed(body))
            self.wrote = asyncio.get_running_loop().time()
