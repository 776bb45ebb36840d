"""Blocks and writes other than the right ones, for faults of several sections."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from reference_server import wire
from reference_server.faults.chunks import body_of
from reference_server.outlet import Outlet
from reference_server.wire import Event

__all__ = ["RewritingOutlet", "with_lines"]


def with_lines(event: Event, lines: Iterable[str]) -> bytes:
    """The event's block with these lines in place of its data."""
    block = wire.encode(event._replace(data=""))
    return block.removesuffix(b"data: \n\n") + "".join(f"{line}\n" for line in lines).encode() + b"\n"


class RewritingOutlet(Outlet, ABC):
    """A way out that changes what one client gets, without its chunks."""

    __slots__ = ()

    @abstractmethod
    def rewrite(self, body: bytes) -> bytes:
        """What is written in place of `body`; nothing, where that is empty."""

    def write(self, data: bytes) -> None:
        self.send(self.rewrite(body_of(data, chunked=self.chunked)))

    def send(self, body: bytes) -> None:
        """Write `body` as it is."""
        if body:
            super().write(self.framed(body))
