"""What slow readers do to others, or suffer themselves."""

import asyncio
import socket
from typing import Any, ClassVar
from weakref import WeakSet

from reference_server.faults.fault import Fault
from reference_server.outlet import Outlet
from reference_server.parts import Parts

__all__ = ["FAULTS"]

EVENT = b"data:"
QUEUE = 16 << 10  # bytes
LOOK_SECONDS = 0.02


class OneByOne(Outlet):
    """Goes on with the next reader of a channel only when all others have taken what they were sent."""

    __slots__ = ("__weakref__", "_held", "_others")
    turn: ClassVar[tuple[bytes, WeakSet["OneByOne"]]] = (b"", WeakSet())  # the event, and who was handed it

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held = b""
        self._others: WeakSet[OneByOne] = WeakSet()

    def write(self, data: bytes) -> None:
        if EVENT in data:
            if OneByOne.turn[0] is not data:
                OneByOne.turn = (data, self._others)
            OneByOne.turn[1].update(self._others)
            self._others = OneByOne.turn[1]
            self._others.add(self)
        if not self._held:
            asyncio.get_running_loop().call_soon(self._go_on)
        self._held += data

    def _go_on(self) -> None:
        if any(other is not self and other.waits for other in self._others):
            if not self._transport.is_closing():
                asyncio.get_running_loop().call_later(LOOK_SECONDS, self._go_on)
            return
        held, self._held = self._held, b""
        super().write(held)

    @property
    def waits(self) -> bool:
        """Whether this reader has not taken all."""
        return not self._transport.is_closing() and self._transport.get_write_buffer_size() > 0


class Unbounded(Outlet):
    """Keeps everything for a reader that takes nothing, for ever."""

    __slots__ = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        connection: socket.socket | None = self._transport.get_extra_info("socket")
        if connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)

    def full(self) -> bool:
        return False


class SilentGap(Outlet):
    """A short queue: what does not fit is left out, and nobody is told."""

    __slots__ = ("_caught_up", "_cutting")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._caught_up = False
        self._cutting = False

    def framed(self, body: bytes) -> bytes:
        self._caught_up = True  # who is behind is written to at its own pace
        return super().framed(body)

    def write(self, data: bytes) -> None:
        live, self._caught_up = not self._caught_up, False
        if not (live and self._stuck()):
            super().write(data)
        elif not self._cutting:
            self._cutting = True
            asyncio.get_running_loop().call_later(self._stall, self._cut)

    def _cut(self) -> None:
        self._cutting = False
        if self._stuck():
            self.abort()

    def _stuck(self) -> bool:
        return not self._transport.is_closing() and self._transport.get_write_buffer_size() > QUEUE


FAULTS = {
    "slow-reader-blocks-all": Fault(
        "Waits for each reader of a channel to take an event before the others get the next.",
        Parts(outlet=OneByOne),
        ("SSE-FLOW-005",),
    ),
    "unbounded-queue": Fault(
        "Keeps all that a stalled reader does not take, for ever.",
        Parts(outlet=Unbounded),
        ("SSE-FLOW-006",),
    ),
    "slow-reader-silent-gap": Fault(
        "Leaves out events that do not fit into a reader's queue.",
        Parts(outlet=SilentGap),
        ("SSE-FLOW-007",),
    ),
}
