"""A block with other data lines than the right ones, for faults of several sections."""

from collections.abc import Iterable

from reference_server import wire
from reference_server.wire import Event

__all__ = ["with_lines"]


def with_lines(event: Event, lines: Iterable[str]) -> bytes:
    """The event's block with these lines in place of its data."""
    block = wire.encode(event._replace(data=""))
    return block.removesuffix(b"data: \n\n") + "".join(f"{line}\n" for line in lines).encode() + b"\n"
