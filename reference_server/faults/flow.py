"""Events that come late, or to some only; and streams that do not last."""

import asyncio
import socket
import zlib
from typing import Any, ClassVar
from weakref import WeakSet

from aiohttp import web

from reference_server.faults.chunks import body_of
from reference_server.faults.fault import Fault
from reference_server.head import stream_head
from reference_server.outlet import Outlet
from reference_server.parts import Parts

__all__ = ["FAULTS"]

EVENT = b"data:"
GZIP = 31  # windows of zlib
THREADS = 64
WORKERS, LINKED = 2, 10  # and events until the link breaks
AGE_SECONDS = 60.0


class HeldBack(Outlet):
    """A buffer that is written when the next thing comes: an event waits for another, or for a heartbeat."""

    __slots__ = ("_held",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._held = b""

    def write(self, data: bytes) -> None:
        event = EVENT in data
        super().write(self._held if event else self._held + data)
        self._held = data if event else b""


SQUEEZED: WeakSet[asyncio.BaseTransport] = WeakSet()  # to whom gzip was announced


def gzip_head(request: web.Request) -> web.StreamResponse:
    """As compressing middleware does it, for whoever takes gzip."""
    response = stream_head(request)
    if "gzip" in request.headers.get("Accept-Encoding", "") and request.transport is not None:
        response.headers["Content-Encoding"] = "gzip"
        SQUEEZED.add(request.transport)
    return response


class UnflushedGzip(Outlet):
    """Writes what the compressor happens to give away."""

    __slots__ = ("_compressor",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._compressor = zlib.compressobj(wbits=GZIP) if self._transport in SQUEEZED else None

    def write(self, data: bytes) -> None:
        if self._compressor is None:
            super().write(data)
        elif squeezed := self._compressor.compress(body_of(data, chunked=self.chunked)):
            super().write(self.framed(squeezed))


def coding_none(request: web.Request) -> web.StreamResponse:
    """A well-known trick against compressing middleware."""
    response = stream_head(request)
    response.headers["Content-Encoding"] = "none"
    return response


class TwoWorkers(Outlet):
    """As if the third reader of a channel were at another worker, whose link to the broker breaks."""

    __slots__ = ("_heard",)
    last: ClassVar[bytes] = b""  # all readers of a channel are handed the very same object
    readers: ClassVar[int] = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._heard = 0

    def write(self, data: bytes) -> None:
        if EVENT in data:
            self._heard += 1
            TwoWorkers.readers = TwoWorkers.readers + 1 if data is TwoWorkers.last else 1
            TwoWorkers.last = data
            if TwoWorkers.readers > WORKERS and self._heard > LINKED:
                return
        super().write(data)


class Threads(Outlet):
    """As if a thread served each stream, of which there are so many; the others wait."""

    __slots__ = ("__weakref__", "_served")
    busy: ClassVar[WeakSet["Threads"]] = WeakSet()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._served = sum(not one._transport.is_closing() for one in Threads.busy) < THREADS
        if self._served:
            Threads.busy.add(self)

    def write(self, data: bytes) -> None:
        if self._served:
            super().write(data)


class Nagle(Outlet):
    """Leaves Nagle's algorithm on."""

    __slots__ = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        connection: socket.socket | None = self._transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)


class Minute(Outlet):
    """Cuts every stream after a minute, as a worker's or a gateway's timeout does, heartbeats or not."""

    __slots__ = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asyncio.get_running_loop().call_later(AGE_SECONDS, self._transport.abort)


FAULTS = {
    "late-flush": Fault(
        "Writes an event only when something else follows it.", Parts(outlet=HeldBack), ("SSE-FLOW-001",)
    ),
    "gzip-unflushed": Fault(
        "Compresses streams, and does not flush after each event.",
        Parts(stream_head=gzip_head, outlet=UnflushedGzip),
        ("SSE-FLOW-002",),
    ),
    "coding-none": Fault(
        "Sends 'Content-Encoding: none'.", Parts(stream_head=coding_none), ("SSE-FLOW-003",)
    ),
    "two-workers": Fault(
        f"Gives each event to two readers of a channel, and to others their first {LINKED} only.",
        Parts(outlet=TwoWorkers),
        ("SSE-FLOW-004",),
    ),
    "thread-each": Fault(
        f"Accepts any number of streams, and serves {THREADS}.",
        Parts(outlet=Threads),
        ("SSE-FLOW-009", "SSE-CONN-008"),
    ),
    "nagle": Fault("Leaves Nagle's algorithm on.", Parts(outlet=Nagle), ("SSE-FLOW-010",)),
    "ends-after-a-minute": Fault(
        f"Cuts every stream after {AGE_SECONDS:.0f} seconds.", Parts(outlet=Minute), ("SSE-FLOW-008",)
    ),
}
