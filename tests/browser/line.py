"""The line between browser and server: a TCP proxy that can be cut, mended and led to another server."""

import asyncio
import re
from contextlib import suppress
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Line"]


class Line:
    """Listens on a free port of its own, in a thread of its own; `to` is the server's base URL."""

    def __init__(self) -> None:
        self.to = ""
        self._sent = bytearray()
        self._whole = True
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server: asyncio.Server = self._run(asyncio.start_server(self._connected, "127.0.0.1", 0))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Drop every connection, and each new one at once."""
        self._run(self._cut())

    def mend(self) -> None:
        self._whole = True

    def last_event_ids(self) -> list[str]:
        """The field of that name in each request that had it, in order."""
        return re.findall(r"\r\nlast-event-id: ([^\r]*)", self._sent.decode("latin-1"), re.IGNORECASE)

    def close(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _cut(self) -> None:
        self._whole = False
        for end in self._ends:
            end.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        await self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=5)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        at = urlsplit(self.to)
        there, back = await asyncio.open_connection(at.hostname, at.port)
        self._ends |= {writer, back}
        await asyncio.gather(
            self._pass_on(reader, back, self._sent), self._pass_on(there, writer, bytearray())
        )
        self._ends -= {writer, back}

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: bytearray
    ) -> None:
        with suppress(OSError):  # a cut
            while data := await reader.read(65536):
                record += data
                writer.write(data)
                await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()
