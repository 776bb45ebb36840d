"""In what a request for a stream differs from the plain subscription; and its bytes. Sends nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from conformance.target.credentials import MAIN
from conformance.target.request import Request
from conformance.target.stream import Variant

__all__ = ["PLAIN", "Ask", "Fields", "octets"]

Fields = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """Nothing, by default. By another `method` it has no body.

    `instead` are fields that replace those of the same name, in lower case; None leaves them out. `count` is
    the number of events after which a bounded stream is to end. `base` is another address of the same server.
    """

    version: str = "1.1"
    method: str | None = None
    principal: str = MAIN
    variant: Variant | None = None
    count: int | None = None
    base: str | None = None
    instead: Mapping[bytes, bytes | None] = field(default_factory=dict)


PLAIN = Ask()


def octets(request: Request, ask: Ask = PLAIN, more: Fields = ()) -> bytes:
    """The request as bytes: closed by the client, and no compression unless `more` asks for it."""
    parts = httpx.URL(request.url)
    headers = [(b"Host", parts.netloc), *request.headers, *more]
    given = {name.lower() for name, _ in headers}
    if b"accept-encoding" not in given:
        headers.insert(1, (b"Accept-Encoding", b"identity"))
    if request.method == "GET" and b"cache-control" not in given:
        headers.append((b"Cache-Control", b"no-store"))  # as the standard tells an EventSource to, 9.2.2
    body = b"" if ask.method else request.body
    if body:
        headers.append((b"Content-Length", str(len(body)).encode()))
    kept = [(name, value) for name, value in headers if name.lower() not in ask.instead]
    kept += [(name.title(), value) for name, value in ask.instead.items() if value is not None]
    method = (ask.method or request.method).encode()
    first = b"%b %b HTTP/%b" % (method, parts.raw_path, ask.version.encode())
    return b"\r\n".join([first, *(b"%b: %b" % pair for pair in kept), b"", body])
