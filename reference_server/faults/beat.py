"""Heartbeats that do harm, or none."""

import asyncio
from typing import Any

from reference_server import wire
from reference_server.faults.chunks import body_of
from reference_server.faults.fault import Fault
from reference_server.outlet import Outlet
from reference_server.parts import Parts

__all__ = ["FAULTS"]

EVENT = b"data:"
MOST_BEATS = 5
PIECE = 48 << 10  # bytes, fewer than what counts as a full transport
LOOK_SECONDS = 0.005


def no_heartbeat() -> bytes:
    """For a proxy the connection is idle, and it cuts it."""
    return b""


def heartbeat_as_data() -> bytes:
    """Every page has to tell it from its events."""
    return b"data: heartbeat\n\n"


def heartbeat_with_id() -> bytes:
    """Whoever comes back with this id is lost."""
    return b":\nid: heartbeat\n\n"


class OnlyFirst(Outlet):
    """The loop that beats has ended, by an exception that nobody saw."""

    __slots__ = ("_beats",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._beats = 0

    def write(self, data: bytes) -> None:
        self._beats += self.is_beat(data)
        if self._beats <= MOST_BEATS or not self.is_beat(data):
            super().write(data)

    def is_beat(self, data: bytes) -> bool:
        return body_of(data, chunked=self.chunked).startswith(wire.HEARTBEAT)


class AfterFirstEvent(OnlyFirst):
    """The timer is started by the first event, and never on a stream that has none."""

    __slots__ = ("_begun",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._begun = False

    def write(self, data: bytes) -> None:
        self._begun = self._begun or EVENT in data
        if self._begun or not self.is_beat(data):
            Outlet.write(self, data)


class EverySecond(OnlyFirst):
    """Beats at half the rate that was promised."""

    __slots__ = ()

    def write(self, data: bytes) -> None:
        self._beats += self.is_beat(data)
        if self._beats % 2 or not self.is_beat(data):
            Outlet.write(self, data)


class MidLine(OnlyFirst):
    """Writes a large event in pieces, each when the last is gone; heartbeats know nothing of that."""

    __slots__ = ("_rest", "_wrote")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rest = b""
        self._wrote = 0.0  # when a piece was last written, on the loop's clock

    def write(self, data: bytes) -> None:
        if self.is_beat(data):
            Outlet.write(self, data)
            return
        waits = bool(self._rest)
        self._rest += body_of(data, chunked=self.chunked)
        if not waits:
            self._wrote = asyncio.get_running_loop().time()
            self._go_on()

    def _go_on(self) -> None:
        loop = asyncio.get_running_loop()
        while self._rest and not self._transport.get_write_buffer_size():
            size = self._rest.rfind(b"\n\n", 0, PIECE) + 2  # between events, as long as they are small
            size = size if size > 1 else self.cut()
            Outlet.write(self, self.framed(self._rest[:size]))
            self._rest = self._rest[size:]
            self._wrote = loop.time()
        if self._rest and loop.time() - self._wrote > self._stall:
            self.abort()
        elif self._rest and not self._transport.is_closing():
            loop.call_later(LOOK_SECONDS, self._go_on)

    def cut(self) -> int:
        """How much of the rest is written next."""
        return PIECE


class BetweenLines(MidLine):
    """The same, and each piece is whole lines."""

    __slots__ = ()

    def cut(self) -> int:
        return self._rest.rfind(b"\n", 0, PIECE) + 1 or self._rest.find(b"\n", PIECE) + 1


FAULTS = {
    "no-heartbeat": Fault("Sends no heartbeat.", Parts(heartbeat=no_heartbeat), ("SSE-BEAT-001",)),
    "heartbeat-as-data": Fault(
        "Sends its heartbeat as an event.", Parts(heartbeat=heartbeat_as_data), ("SSE-BEAT-002",)
    ),
    "heartbeat-with-id": Fault(
        "Sends an id with its heartbeat that is no cursor.",
        Parts(heartbeat=heartbeat_with_id),
        ("SSE-BEAT-004", "SSE-ID-005"),
    ),
    "heartbeat-mid-line": Fault(
        "Writes large events in pieces, with heartbeats in between.",
        Parts(outlet=MidLine),
        ("SSE-BEAT-003",),
    ),
    "heartbeat-between-lines": Fault(
        "Writes large events a few lines at a time, with heartbeats in between.",
        Parts(outlet=BetweenLines),
        ("SSE-BEAT-003",),
    ),
    "heartbeat-after-first-event": Fault(
        "Begins its heartbeats with the first event.", Parts(outlet=AfterFirstEvent), ("SSE-BEAT-001",)
    ),
    "heartbeat-stops": Fault(
        f"Sends {MOST_BEATS} heartbeats on each connection, and no more.",
        Parts(outlet=OnlyFirst),
        ("SSE-BEAT-005",),
    ),
    "heartbeat-irregular": Fault(
        "Leaves out every second heartbeat.", Parts(outlet=EverySecond), ("SSE-BEAT-006",)
    ),
}
