"""The way out to one client: its transport, with the chunks of its response. Knows nothing of events."""

import asyncio
import fcntl
import socket
import termios
from array import array
from contextlib import suppress

from aiohttp.abc import AbstractStreamWriter

from reference_server import wire
from reference_server.limits import Limits

__all__ = ["Outlet", "StalledError"]

LOOKS = 4  # in a stall time: whether the peer has taken anything


class StalledError(Exception):
    """The peer took no byte for the whole stall time."""


class Outlet:
    """Bytes go straight to the transport: aiohttp's writer costs a task's turn for each write, this does not.

    To be used only between the response's `prepare` and its end.
    """

    __slots__ = ("_backlog", "_connection", "_stall", "_transport", "_writer", "chunked")

    def __init__(
        self,
        transport: asyncio.Transport,
        writer: AbstractStreamWriter,
        *,
        chunked: bool,
        limits: Limits,
    ) -> None:
        self.chunked = chunked
        self._transport = transport
        self._writer = writer
        self._backlog = limits.backlog
        self._stall = limits.stall_seconds
        transport.set_write_buffer_limits(high=limits.backlog)
        self._connection: socket.socket | None = transport.get_extra_info("socket")
        if self._connection is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            # for peers that are gone without a word: the kernel itself would wait a quarter of an hour;
            # twice, since it also cuts who takes nothing, and we want to be the ones who know why
            with suppress(OSError):  # not TCP, or gone already
                self._connection.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.stall_seconds * 2000)
                )

    def write(self, data: bytes) -> None:
        """Framed bytes, whole events only. uvloop would raise for a transport that is closed by now."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def framed(self, body: bytes) -> bytes:
        """`body`, not empty, as this client's kind of response carries it."""
        return wire.chunk(body) if self.chunked else body

    def full(self) -> bool:
        """Whether more waits here than should."""
        return self._transport.get_write_buffer_size() > self._backlog

    async def room(self) -> None:
        """Wait until the peer has taken what it was sent, at its own pace. Raises StalledError."""
        await asyncio.sleep(0)  # the others' turn; and uvloop writes at the end of a turn
        while self.full():
            # a task that is only waited for: aiohttp's drain is spoilt for good by one that was cancelled
            draining = asyncio.create_task(self._writer.drain())
            try:
                await self._progress(draining)
            finally:
                draining.cancel()
            await asyncio.sleep(0)

    async def _progress(self, draining: "asyncio.Task[None]") -> None:
        """Wait for the end of `draining`, as long as the peer takes anything. Raises StalledError."""
        before, looks = self._untaken(), 0
        while not (await asyncio.wait({draining}, timeout=self._stall / LOOKS))[0]:
            now = self._untaken()
            before, looks = now, looks + 1 if now >= before else 0
            if looks == LOOKS:
                raise StalledError
        draining.result()  # raises if the connection was lost

    def _untaken(self) -> int:
        """Bytes that the peer has not acknowledged: those in the kernel too, which may be megabytes."""
        held = array("i", [0])
        if self._connection is not None:
            with suppress(OSError, ValueError):  # closed by now
                fcntl.ioctl(self._connection.fileno(), termios.TIOCOUTQ, held)
        return self._transport.get_write_buffer_size() + held[0]

    def abort(self) -> None:
        """Close without waiting for what the peer has not taken."""
        self._transport.abort()
