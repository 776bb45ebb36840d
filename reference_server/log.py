"""The log: one order over all channels. What every engine promises; each engine has a module of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from reference_server.figures import Figures

__all__ = [
    "Birth",
    "BusyError",
    "Durability",
    "Entry",
    "FailedError",
    "FullError",
    "Item",
    "Key",
    "Listener",
    "Log",
    "Receipt",
    "UnusableError",
    "keep_latest",
]

Durability = Literal["memory", "synced"]


class Key(NamedTuple):
    """What makes two measurements the same one."""

    device: str
    boot: int
    seq: int


class Birth(NamedTuple):
    """What a device says of itself; the record with the highest boot is the device's latest."""

    device: str
    boot: int
    text: str  # the record's own JSON


class Item(NamedTuple):
    """An event before the log has given it a place."""

    channel: str
    data: str
    event: str = ""
    device: str = ""  # of a measurement
    key: Key | None = None  # an item whose key was seen before is a duplicate
    id: str | None = None  # the publisher's own, instead of ours
    retry: int | None = None  # milliseconds
    comment: str | None = None


class Entry(NamedTuple):
    """An event at its place in the log."""

    sequence: int
    item: Item


class Receipt(NamedTuple):
    """What became of one append: a sequence for each item, None for a duplicate; and the head after it."""

    sequences: tuple[int | None, ...]
    newest: int


Listener = Callable[[Sequence[Entry]], None]


def keep_latest(births: dict[str, Birth], new: Iterable[Birth]) -> None:
    """Take in births, but none from before a device's latest boot."""
    for birth in new:
        known = births.get(birth.device)
        if known is None or birth.boot >= known.boot:
            births[birth.device] = birth


class BusyError(Exception):
    """More waits for its commit than the queue may hold; nothing was kept."""


class FullError(Exception):
    """The disk is full; nothing was kept."""


class FailedError(Exception):
    """The log could not be written, for the reason given; nothing was kept."""


class UnusableError(Exception):
    """The log cannot be opened: a sentence that says which, why, and what to do."""


class Log(Protocol):
    """Sequences rise by one. Whoever appends is answered, and listeners hear, only after the commit."""

    @property
    def durability(self) -> Durability: ...
    @property
    def epoch(self) -> str: ...
    @property
    def oldest(self) -> int:
        """The first sequence that can be read; one more than `newest` if there is none."""
        ...

    @property
    def newest(self) -> int: ...
    def listen(self, listener: Listener) -> None:
        """Call `listener` with what was committed, in order, on the event loop."""
        ...

    async def append(self, items: Sequence[Item]) -> Receipt:
        """Keep all or nothing. Raises BusyError, FullError or FailedError."""
        ...

    @property
    def figures(self) -> Mapping[str, Figures]:
        """What was kept of each device whose measurements have a `seq`, as far as committed."""
        ...

    @property
    def births(self) -> Mapping[str, Birth]:
        """The latest birth of each device, as far as committed."""
        ...

    async def register(self, births: Sequence[Birth]) -> None:
        """Keep all or nothing. Raises as `append` does."""
        ...

    async def after(self, sequence: int, most_bytes: int) -> list[Entry]:
        """The entries that follow `sequence`: some `most_bytes` of them, at least one unless at the head."""
        ...

    async def latest(self) -> list[Entry]:
        """The last entry of each device, also of those whose events are no longer retained."""
        ...

    async def close(self) -> None:
        """Commit what was accepted, and let go of the file."""
        ...
