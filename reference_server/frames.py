"""Events as frames: encoded once, when first wanted, and again only for who has fallen off the tail."""

from collections.abc import Callable, Sequence

from reference_server import wire
from reference_server.cursor import id_of
from reference_server.limits import Limits
from reference_server.log import Entry, Log
from reference_server.tail import Frame, Tail

__all__ = ["Frames"]


class Frames:
    """What follows a sequence, as much as one write may hold; one larger event is still given.

    The tail may hold what the log retains no more: nobody can resume there, but who stays connected gets it.
    """

    def __init__(self, log: Log, limits: Limits, encode: Callable[[wire.Event], bytes]) -> None:
        self._log = log
        self._encode = encode
        self._write = limits.write
        self._tail = Tail(limits.tail_frames, limits.tail_bytes, self._frame)

    def add(self, entries: Sequence[Entry]) -> None:
        """Take over what was committed."""
        self._tail.add(entries)

    def at_hand(self, sequence: int) -> list[Frame]:
        """From the tail; none if what follows is not there, or does not exist."""
        return self._tail.after(sequence, self._write)

    async def after(self, sequence: int) -> list[Frame]:
        """From the tail, or else from the log; not what follows at once, if that is retained no more."""
        return self.at_hand(sequence) or [
            self._frame(entry) for entry in await self._log.after(sequence, self._write)
        ]

    def _frame(self, entry: Entry) -> Frame:
        item = entry.item
        id_ = id_of(self._log, entry.sequence) if item.id is None else item.id
        event = wire.Event(item.data, item.event, id_, item.retry, item.comment)
        return Frame(entry.sequence, item.channel, item.device, self._encode(event))
