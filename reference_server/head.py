"""The head of an event stream."""

from aiohttp import HttpVersion11, web

__all__ = ["stream_head"]

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",  # the second word: no proxy may compress, and so hold back
    "X-Accel-Buffering": "no",  # the same for nginx
}


def stream_head(request: web.Request) -> web.StreamResponse:
    """Status 200; chunked, or ended by closing for a client that knows no chunks (RFC 9112, 6.1)."""
    response = web.StreamResponse(headers=HEADERS)
    if request.version < HttpVersion11:
        response.force_close()
    elif request.method != "HEAD":
        response.enable_chunked_encoding()
    return response
