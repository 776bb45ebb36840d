"""A receiver that takes every POST and looks at nothing but its length: what a sender alone can do.

`python -m tests.bench.sponge PORT` answers as a receiver of measurements does, without a disk or a check.
"""

import asyncio
import re
import sys

__all__ = ["Sponge"]

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class Sponge(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = bytearray()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head = self._data.find(b"\r\n\r\n")
        if head < 0:
            return
        found = LENGTH.search(self._data, 0, head)
        end = head + 4 + (int(found[1]) if found else 0)
        if len(self._data) >= end:
            told = b'{"accepted":%d,"duplicates":0}' % self._data.count(b'"seq":', head, end)
            self._transport.write(ANSWER % (len(told), told))
            del self._data[:end]


async def listen(port: int) -> None:
    """Take until killed."""
    server = await asyncio.get_running_loop().create_server(Sponge, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(listen(int(sys.argv[1])))
