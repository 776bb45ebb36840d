"""The newest events: a ring, bounded in count and in size, whose frames are made when somebody wants them.

Does no I/O.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from reference_server.log import Entry

__all__ = ["Frame", "Tail"]


class Frame(NamedTuple):
    """One event's block of bytes, and where it belongs."""

    sequence: int
    channel: str
    device: str  # "" for none
    body: bytes


class Tail:
    """Events of dense sequences, of which the oldest go when there are too many. Each is framed at most once.

    What is not framed yet counts as large as its payload has characters.
    """

    def __init__(self, most_frames: int, most_bytes: int, frame: Callable[[Entry], Frame]) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._frame = frame
        self._kept: dict[int, Entry | Frame] = {}  # in order
        self._bytes = 0
        self._oldest = 1

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, entries: Sequence[Entry]) -> None:
        """Append; the newest stays, however large it is."""
        kept, size = self._kept, self._bytes
        if not kept and entries:
            self._oldest = entries[0].sequence
        for entry in entries:
            kept[entry.sequence] = entry
            size += len(entry.item.data)
        while len(kept) > 1 and (len(kept) > self._most_frames or size > self._most_bytes):
            size -= size_of(kept.pop(self._oldest))
            self._oldest += 1
        self._bytes = size

    def after(self, sequence: int, most_bytes: int) -> list[Frame]:
        """What follows `sequence`: at least one frame, then up to `most_bytes`; none if it is not here."""
        found: list[Frame] = []
        size = 0
        while (frame := self._at(sequence + 1 + len(found))) is not None:
            size += len(frame.body)
            if found and size > most_bytes:
                break
            found.append(frame)
        return found

    def _at(self, sequence: int) -> Frame | None:
        kept = self._kept.get(sequence)
        if isinstance(kept, Entry):
            frame = self._kept[sequence] = self._frame(kept)
            self._bytes += len(frame.body) - size_of(kept)
            return frame
        return kept


def size_of(kept: Entry | Frame) -> int:
    return len(kept.body) if isinstance(kept, Frame) else len(kept.item.data)
