"""Heads that are wrong in one thing, one that comes too late, and methods."""

import asyncio

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from reference_server.faults.fault import Fault
from reference_server.head import HEADERS, stream_head
from reference_server.limits import Limits
from reference_server.outlet import Outlet
from reference_server.parts import Parts, Routes

__all__ = ["FAULTS"]

ENDLESS = 1_000_000_000  # bytes


def status_202(request: web.Request) -> web.StreamResponse:
    """Another 2xx: a browser gives up on it for good."""
    response = stream_head(request)
    response.set_status(202)
    return response


def text_plain(request: web.Request) -> web.StreamResponse:
    """Another media type: the same."""
    response = stream_head(request)
    response.content_type = "text/plain"
    return response


def content_length(request: web.Request) -> web.StreamResponse:  # noqa: ARG001 - the part's signature
    """A length that the stream may outlive, and no chunks."""
    response = web.StreamResponse(headers={**HEADERS, "Content-Length": str(ENDLESS)})
    response.force_close()
    return response


class Unsent(web.StreamResponse):
    """A response whose head waits for the first byte of its body."""

    _send_headers_immediately = False


def late_head(request: web.Request) -> web.StreamResponse:
    """For `LateOutlet`, which sends it."""
    response = Unsent(headers=HEADERS)
    correct = stream_head(request)
    if correct.chunked:
        response.enable_chunked_encoding()
    else:
        response.force_close()
    return response


class LateOutlet(Outlet):
    """Holds everything back until the first event."""

    __slots__ = ("_head", "_held")

    def __init__(
        self, transport: asyncio.Transport, writer: AbstractStreamWriter, *, chunked: bool, limits: Limits
    ) -> None:
        super().__init__(transport, writer, chunked=chunked, limits=limits)
        self._head: AbstractStreamWriter | None = writer
        self._held = b""

    def write(self, data: bytes) -> None:
        self._held += data
        if self._head is not None and b"data:" in data:
            self._head.send_headers()
            self._head = None
        if self._head is None:
            super().write(self._held)
            self._held = b""


def head_streams(routes: Routes) -> Routes:
    """HEAD on a stream is handled as GET is."""
    get = {route.path: route.handler for route in routes if route.method == "GET"}
    return [web.head(route.path, get[route.path]) if route.method == "HEAD" else route for route in routes]


FAULTS = {
    "status-202": Fault(
        "Accepts a subscription with status 202.", Parts(stream_head=status_202), ("SSE-HTTP-001",)
    ),
    "text-plain": Fault("Calls the stream text/plain.", Parts(stream_head=text_plain), ("SSE-HTTP-002",)),
    "late-head": Fault(
        "Holds the head back until the first event.",
        Parts(stream_head=late_head, outlet=LateOutlet),
        ("SSE-HTTP-004",),
    ),
    "content-length": Fault(
        "Announces a length for a stream without end.",
        Parts(stream_head=content_length),
        ("SSE-HTTP-005",),
    ),
    "head-streams": Fault("Answers HEAD with a stream.", Parts(routes=head_streams), ("SSE-HTTP-009",)),
}
