"""What a subscriber wants to hear: a channel, and of the measurements perhaps those of some devices only."""

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeVar

from reference_server.tail import Frame

__all__ = ["Feed", "Located", "Ration"]


class Located(Protocol):
    """A frame, or an item of the log."""

    @property
    def channel(self) -> str: ...
    @property
    def device(self) -> str: ...


L = TypeVar("L", bound=Located)


class Feed(NamedTuple):
    """`devices` are globs (`*`, `?`, `[ab]`), of which one has to match; none: all."""

    channel: str
    devices: tuple[str, ...] = ()

    def cut(self, frames: Iterable[Frame]) -> tuple[int, bytes]:
        """How many of the frames belong here, and their bytes in order."""
        mine = self.mine(frames)
        return len(mine), b"".join([frame.body for frame in mine])

    def mine(self, located: Iterable[L]) -> list[L]:
        """Those that belong here."""
        mine = [each for each in located if each.channel == self.channel]
        if self.devices:
            matches = pattern(self.devices).fullmatch
            mine = [each for each in mine if matches(each.device)]
        return mine


class Ration:
    """A feed for one subscriber, who wants no more than `left` events; `spent` hears which was the last."""

    def __init__(self, feed: Feed, left: int, spent: Callable[[int], object]) -> None:
        self.channel = feed.channel
        self._feed = feed
        self._left = left
        self._spent = spent

    def cut(self, frames: Iterable[Frame]) -> tuple[int, bytes]:
        """As `Feed.cut`, up to what is left."""
        mine = self._feed.mine(frames)[: self._left]
        self._left -= len(mine)
        if mine and not self._left:
            self._spent(mine[-1].sequence)
        return len(mine), b"".join([frame.body for frame in mine])


@lru_cache(maxsize=1024)
def pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    """All globs as one expression."""
    return re.compile("|".join(map(translate, globs)))
