"""The newest events as ready-made frames: a ring, bounded in count and in bytes. Does no I/O."""

from typing import NamedTuple

__all__ = ["Frame", "Tail"]


class Frame(NamedTuple):
    """One event's block of bytes, and where it belongs."""

    sequence: int
    channel: str
    device: str  # "" for none
    body: bytes


class Tail:
    """Frames of dense sequences, of which the oldest go when there are too many."""

    def __init__(self, most_frames: int, most_bytes: int) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._frames: dict[int, Frame] = {}
        self._bytes = 0
        self._oldest = 1

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: Frame) -> None:
        """Append; the newest frame stays, however large it is."""
        if not self._frames:
            self._oldest = frame.sequence
        self._frames[frame.sequence] = frame
        self._bytes += len(frame.body)
        while len(self._frames) > 1 and (
            len(self._frames) > self._most_frames or self._bytes > self._most_bytes
        ):
            self._bytes -= len(self._frames.pop(self._oldest).body)
            self._oldest += 1

    def after(self, sequence: int, most_bytes: int) -> list[Frame]:
        """What follows `sequence`: at least one frame, then up to `most_bytes`; none if it is not here."""
        found: list[Frame] = []
        size = 0
        while (frame := self._frames.get(sequence + 1 + len(found))) is not None:
            size += len(frame.body)
            if found and size > most_bytes:
                break
            found.append(frame)
        return found
