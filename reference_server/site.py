"""The dashboard's files, from the package's own folder; nothing else can be reached."""

import mimetypes
import re
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

from reference_server.refusal import RefusedError

__all__ = ["FOLDER", "HEADERS", "index", "page", "static"]

FOLDER = files("reference_server") / "dashboard"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
TEXT = {"text/css", "text/html", "text/javascript", "image/svg+xml", "application/json"}
HEADERS = {
    "Cache-Control": "no-cache",  # ask each time, by ETag
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


async def index(request: web.Request) -> web.Response:
    """`GET /`."""
    return page(request, "index.html", FOLDER)


async def static(request: web.Request) -> web.Response:
    """`GET /static/{name}`."""
    return page(request, request.match_info["name"], FOLDER)


def page(request: web.Request, name: str, folder: Traversable) -> web.Response:
    """One file of a folder, or 304 for a client that has it. Raises RefusedError."""
    file = folder / name
    if not NAME.fullmatch(name) or not file.is_file():
        raise RefusedError(404, f"there is no file {name!r}")
    body = file.read_bytes()
    etag = blake2b(body, digest_size=12).hexdigest()
    known = request.if_none_match or ()
    if any(each.value in {etag, "*"} for each in known):
        return web.Response(status=304, headers={**HEADERS, "ETag": f'"{etag}"'})
    kind = media_type(name)
    response = web.Response(
        body=body, content_type=kind, charset="utf-8" if kind in TEXT else None, headers=HEADERS
    )
    response.etag = etag
    return response


def media_type(name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "text/javascript" if kind == "application/javascript" else kind
