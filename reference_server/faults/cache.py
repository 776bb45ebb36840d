"""Streams that caches and proxies take for files."""

from email.utils import formatdate

from aiohttp import web

from reference_server.faults.fault import Fault
from reference_server.faults.route import Handler, on_streams
from reference_server.head import HEADERS, stream_head
from reference_server.parts import Parts, Routes

__all__ = ["FAULTS"]

TAG = '"stream"'


def cacheable(request: web.Request) -> web.StreamResponse:
    """A minute, as for everything else of the site."""
    response = stream_head(request)
    response.headers["Cache-Control"] = "max-age=60, no-transform"
    return response


def untold(request: web.Request) -> web.StreamResponse:
    """Nothing for proxies, of which many buffer and compress."""
    response = stream_head(request)
    response.headers["Cache-Control"] = "no-cache"
    del response.headers["X-Accel-Buffering"]
    return response


def not_modified(routes: Routes) -> Routes:
    """Middleware for files stands in front of everything: a condition holds, whatever it is."""

    def wrapped(handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if {"If-None-Match", "If-Modified-Since"} & request.headers.keys():
                headers = {**HEADERS, "ETag": TAG, "Last-Modified": formatdate(usegmt=True)}
                return web.Response(status=304, headers=headers)
            return await handler(request)

        return handle

    return on_streams(routes, wrapped)


FAULTS = {
    "cacheable": Fault(
        "Lets caches keep a stream for a minute.", Parts(stream_head=cacheable), ("SSE-CACHE-001",)
    ),
    "proxies-may-buffer": Fault(
        "Does not tell proxies to leave the stream alone.", Parts(stream_head=untold), ("SSE-CACHE-002",)
    ),
    "not-modified": Fault(
        "Answers conditional requests with 304.", Parts(routes=not_modified), ("SSE-CACHE-003",)
    ),
}
