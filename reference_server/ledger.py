"""One commit's worth of keys and figures: what is new, and what that changes of each device. Does no I/O."""

from collections.abc import Mapping

from reference_server.figures import Figures, Tally
from reference_server.log import Item
from reference_server.seen import Block, Seen, block_of

__all__ = ["Ledger"]


class Ledger:
    """Takes items in order. What is seen is remembered at once; the figures are the caller's to keep."""

    def __init__(self, seen: Seen, before: Mapping[str, Figures], now: float) -> None:
        self.touched: set[Block] = set()  # bitmaps that changed
        self._seen = seen
        self._before = before
        self._now = now
        self._tallies: dict[str, Tally] = {}

    def take(self, item: Item) -> bool:
        """Whether it is to be kept: its key is new, or it has none."""
        key = item.key
        if key is None:
            return True
        new = self._seen.add(key, self._now)
        device, boot, seq = key
        tally = self._tallies.get(device)
        if tally is None:
            tally = self._tallies[device] = Tally(self._before.get(device))
        tally.add(device, boot, seq, item.data, new=new)
        if new:
            self.touched.add(block_of(key))
        return new

    def figures(self) -> dict[str, Figures]:
        """Of the devices that they changed for."""
        return {device: tally.figures() for device, tally in self._tallies.items()}
