"""A body cut into blocks at its blank lines; each distinct block is read once, by the suite's own parser."""

import re
from collections.abc import Callable
from typing import NamedTuple

from conformance.eventstream import BlockStream, EventStream
from loadtests._probe import Probe, find

__all__ = ["Block", "BlockReader", "cut"]

KEPT_BLOCKS = 1_024  # few are on their way at once; some servers greet everybody with other bytes
LARGEST_BLOCK = 1 << 20  # bytes; probes are some hundred
BORDER = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")


def cut(body: bytes) -> tuple[list[bytes], bytes]:
    """The blocks that are complete, without their borders, and the rest. Looks at bytes alone.

    A border that is itself split between reads may leave one line end in front of the next block; that is a
    blank line, which dispatches nothing. Raises ValueError for a block without an end.
    """
    blocks = body.split(b"\n\n") if b"\r" not in body else BORDER.split(body)
    rest = blocks.pop()
    if len(rest) > LARGEST_BLOCK:
        raise ValueError(f"a block longer than {LARGEST_BLOCK} bytes")
    return blocks, rest


class Block(NamedTuple):
    """What one block says: `type` is "" when it dispatches no event, `id` None when it sets none."""

    type: str
    id: str | None
    retry_ms: int | None
    probe: Probe | None


class BlockReader(dict[bytes, Block]):
    """What each block says: the same bytes, sent to a thousand subscribers, are parsed once."""

    def __init__(self, find: Callable[[str], Probe | None] = find) -> None:
        """`find` is told an event's data."""
        super().__init__()
        self._find = find

    def __missing__(self, block: bytes) -> Block:
        if len(self) >= KEPT_BLOCKS:
            self.clear()  # cheaper than keeping an order: a refill costs one parse a block
        found = self[block] = _parse(block + b"\n\n", self._find)
        return found


def _parse(block: bytes, find: Callable[[str], Probe | None]) -> Block:
    stream = EventStream()
    event = next(iter(stream.feed(block)), None)
    fields = (field for part in BlockStream().feed(block) for field in part.fields)
    sets_id = any(field.name == "id" and "\0" not in field.value for field in fields)
    return Block(
        event.type if event else "",
        stream.last_event_id if sets_id else None,
        stream.retry,
        find(event.data) if event else None,
    )
