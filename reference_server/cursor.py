"""Ids of the log, `<epoch>-<sequence>`, and where a client that names one is to be taken up. Does no I/O."""

import json
import re
from typing import NamedTuple, Protocol

__all__ = ["Extent", "Place", "Reset", "id_of", "locate"]

ID = re.compile(r"([A-Za-z0-9]+)-(0|[1-9][0-9]{0,17})", re.ASCII)


class Extent(Protocol):
    """What a log holds: sequences from `oldest` to `newest`, none if `oldest` is the larger one."""

    @property
    def epoch(self) -> str: ...
    @property
    def oldest(self) -> int: ...
    @property
    def newest(self) -> int: ...


class Reset(NamedTuple):
    """Why a cursor cannot be followed (evicted, unknown, epoch, ahead, slow), and what was asked."""

    reason: str
    asked: str

    def data(self, extent: Extent) -> str:
        """The payload of the `reset` event."""
        oldest = id_of(extent, extent.oldest) if extent.oldest <= extent.newest else None
        newest = id_of(extent, extent.newest)
        return json.dumps({"reason": self.reason, "asked": self.asked, "oldest": oldest, "newest": newest})


class Place(NamedTuple):
    """The stream goes on after `sequence`; a reset comes first if that is not what the client asked for."""

    sequence: int
    reset: Reset | None = None


def id_of(extent: Extent, sequence: int) -> str:
    """The id of the event at `sequence`; of none at 0, which is the head of an empty log."""
    return f"{extent.epoch}-{sequence}"


def locate(asked: str, extent: Extent) -> Place:
    """Where `asked`, a cursor or "" for none, stands in the log."""
    if not asked:
        return Place(extent.newest)
    reason = judge(asked, extent)
    if reason:
        return Place(extent.newest, Reset(reason, asked))
    return Place(int(asked.rpartition("-")[2]))


def judge(asked: str, extent: Extent) -> str:
    """Why the cursor cannot be followed, or ""."""
    match = ID.fullmatch(asked)
    if match is None:
        return "unknown"
    if match[1] != extent.epoch:
        return "epoch"
    if int(match[2]) > extent.newest:
        return "ahead"
    if int(match[2]) < extent.oldest - 1:
        return "evicted"
    return ""
