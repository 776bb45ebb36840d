"""The head of an event stream."""

import re

from aiohttp import HttpVersion11, web

__all__ = ["accepts", "stream_head"]

HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache, no-transform",  # the second word: no proxy may compress, and so hold back
    "X-Accel-Buffering": "no",  # the same for nginx
}
MATCHING = ("*/*", "text/*", "text/event-stream")
ZERO = re.compile(r"q\s*=\s*0(\.0*)?")


def stream_head(request: web.Request) -> web.StreamResponse:
    """Status 200; chunked, or ended by closing for a client that knows no chunks (RFC 9112, 6.1)."""
    response = web.StreamResponse(headers=HEADERS)
    if request.version < HttpVersion11:
        response.force_close()
    elif request.method != "HEAD":
        response.enable_chunked_encoding()
    return response


def accepts(field: str) -> bool:
    """Whether a client with this `Accept` takes an event stream: the most specific range decides.

    One that says nothing takes all (RFC 9110, 12.5.1).
    """
    ranges: list[tuple[int, bool]] = []
    for part in filter(None, map(str.strip, field.lower().split(","))):
        kind, *parameters = [each.strip() for each in part.split(";")]
        rank = MATCHING.index(kind) if kind in MATCHING else -1
        ranges.append((rank, not any(ZERO.fullmatch(each) for each in parameters)))
    rank, wanted = max(ranges, default=(0, True))
    return rank >= 0 and wanted
