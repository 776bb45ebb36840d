"""What an outlet makes of bodies that the server hands to it, on a transport that only listens."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from reference_server import wire
from reference_server.faults.chunks import body_of
from reference_server.faults.frame import LIMITS
from reference_server.limits import Limits
from reference_server.outlet import Outlet
from tests.conftest import DEADLINE

__all__ = ["written"]


class Listening(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[bytes] = []
        self.wrote = asyncio.Event()
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.got.append(bytes(data))
        self.wrote.set()

    def is_closing(self) -> bool:
        return self.aborted

    def abort(self) -> None:
        self.aborted = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Has none."""


def written(
    outlet: type[Outlet],
    bodies: Sequence[bytes],
    *,
    chunked: bool = True,
    limit: int = 0,
    until: Callable[[list[bytes]], bool] = lambda _: True,
) -> list[bytes]:
    """The bodies of what was written, once `until` is content with them; `limit` is that of the request."""

    async def main() -> list[bytes]:
        transport = Listening()
        LIMITS[transport] = limit
        one = outlet(transport, cast(Any, None), chunked=chunked, limits=Limits())
        for body in bodies:
            one.write(wire.chunk(body) if chunked else body)
        async with asyncio.timeout(DEADLINE):
            while not until(plain := [body_of(data, chunked=chunked) for data in transport.got]):
                transport.wrote.clear()
                await transport.wrote.wait()
        return plain

    return asyncio.run(main())
