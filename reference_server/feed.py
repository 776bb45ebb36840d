"""What a subscriber wants to hear: a channel, and of the measurements perhaps those of some devices only."""

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from typing import NamedTuple

from reference_server.tail import Frame

__all__ = ["Feed"]


class Feed(NamedTuple):
    """`devices` are globs (`*`, `?`, `[ab]`), of which one has to match; none: all."""

    channel: str
    devices: tuple[str, ...] = ()

    def cut(self, frames: Iterable[Frame]) -> bytes:
        """The bytes of the frames that belong here, in order."""
        mine = [frame for frame in frames if frame.channel == self.channel]
        if self.devices:
            matches = pattern(self.devices).fullmatch
            mine = [frame for frame in mine if matches(frame.device)]
        return b"".join([frame.body for frame in mine])


@lru_cache(maxsize=1024)
def pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    """All globs as one expression."""
    return re.compile("|".join(map(translate, globs)))
