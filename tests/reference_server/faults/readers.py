"""Readers of one channel, each behind an outlet with a fault, on transports that keep what was written."""

import asyncio
from typing import Any, cast

from reference_server import wire
from reference_server.faults.chunks import body_of
from reference_server.limits import Limits
from reference_server.outlet import Outlet

__all__ = ["Reader", "fan_out", "read_by"]


class Reader(asyncio.Transport):
    """`got` is what was written; `waits` is how many bytes of it the reader has not taken, as far as told."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[bytes] = []
        self.waits = 0
        self.wrote = asyncio.Event()
        self.aborted = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.got.append(body_of(bytes(data), chunked=True))
        self.wrote.set()

    def get_write_buffer_size(self) -> int:
        return self.waits

    def is_closing(self) -> bool:
        return self.aborted.is_set()

    def abort(self) -> None:
        self.aborted.set()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Has none."""


def read_by(reader: Reader, outlet: type[Outlet], limits: Limits | None = None) -> Outlet:
    """The way out to that reader."""
    return outlet(reader, cast(Any, None), chunked=True, limits=limits or Limits())


def fan_out(outlets: list[Outlet], body: bytes) -> None:
    """As the hub does it: one and the same object to all."""
    data = wire.chunk(body)
    for outlet in outlets:
        outlet.write(data)
