"""Which other origins' pages may read what comes from here: an allow-list (Fetch standard, 3.3)."""

import re
from collections.abc import Collection

from aiohttp import web

__all__ = ["Cors", "is_origin"]

ORIGIN = re.compile(r"\*|https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)
HEADERS = "Authorization, Cache-Control, Content-Type, Last-Event-ID"  # that a page may send
SECONDS = "600"  # for which a browser may remember a preflight


class Cors:
    """Adds the fields of CORS to each response, errors and streams included."""

    def __init__(self, allowed: Collection[str]) -> None:
        """`allowed`: origins as a browser sends them, or "*" for all, who then get no credentials."""
        self._allowed = allowed

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        """To be called before a response's head goes out."""
        if not self._allowed:
            return
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if origin in self._allowed and origin != "*":
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
        elif "*" in self._allowed:
            response.headers["Access-Control-Allow-Origin"] = "*"
        else:
            return
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
            response.headers["Access-Control-Allow-Headers"] = HEADERS
            response.headers["Access-Control-Max-Age"] = SECONDS


def is_origin(text: str) -> bool:
    """Whether a browser could send `text` as its Origin; or "*"."""
    return ORIGIN.fullmatch(text) is not None
