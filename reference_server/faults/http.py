"""Heads that are wrong in one thing, or late; ends that are none; methods; errors that nobody can read."""

import asyncio
from collections.abc import Callable

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from reference_server import wire
from reference_server.faults.chunks import body_of
from reference_server.faults.fault import Fault
from reference_server.faults.route import Handler, is_stream, on_streams
from reference_server.head import HEADERS, stream_head
from reference_server.limits import Limits
from reference_server.outlet import Outlet
from reference_server.parts import Parts, Routes
from reference_server.refusal import RefusedError, reply
from reference_server.wire import Event
from reference_server.wish import Wish, wish_of

__all__ = ["FAULTS"]

ENDLESS = 1_000_000_000  # bytes
LAST_CHUNK = b"0\r\n\r\n"
FAILED = b'{"error": "Internal Server Error"}\n\n'
FAILS_AFTER = 3  # events
OVERLOADED = 500  # and above: the subscription itself was good


def headed(kind: type[web.StreamResponse]) -> Callable[[web.Request], web.StreamResponse]:
    """A part: the head as it should be, on a response of this kind."""

    def head(request: web.Request) -> web.StreamResponse:
        response, correct = kind(headers=HEADERS), stream_head(request)
        if correct.chunked:
            response.enable_chunked_encoding()
        elif request.version < HttpVersion11:
            response.force_close()
        return response

    return head


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


def latin1_label(request: web.Request) -> web.StreamResponse:
    """A default of some frameworks, which browsers take at its word: they give up."""
    response = stream_head(request)
    response.charset = "iso-8859-1"
    return response


class TwoLengths(web.StreamResponse):
    """Middleware has measured a body that is then sent in chunks."""

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers["Content-Length"] = str(ENDLESS)


class Torn(web.StreamResponse):
    """The connection is closed under a response that has not ended."""

    async def write_eof(self, data: bytes = b"") -> None:
        if data or not self.chunked or self._req is None or self._req.transport is None:
            await super().write_eof(data)
        else:
            self._req.transport.close()


class Hasty(web.StreamResponse):
    """The response ends as it should, and then the connection, of which no word was said."""

    async def write_eof(self, data: bytes = b"") -> None:
        transport = self._req.transport if self._req else None
        await super().write_eof(data)
        if transport is not None:
            transport.close()


class AlwaysChunked(web.StreamResponse):
    """In chunks for HTTP/1.0 too, which aiohttp by itself refuses to do."""

    @property
    def chunked(self) -> bool:
        return True

    async def write_eof(self, data: bytes = b"") -> None:
        await super().write_eof(data or LAST_CHUNK)


def chunked_to_http_1_0(request: web.Request) -> web.StreamResponse:
    """The version of the request is not looked at."""
    if request.version >= HttpVersion11:
        return stream_head(request)
    response = AlwaysChunked(headers={**HEADERS, "Transfer-Encoding": "chunked"})
    response.force_close()
    return response


class BareErrorOutlet(Outlet):
    """After three events an error handler writes its response into the stream."""

    __slots__ = ("_left",)

    def __init__(
        self, transport: asyncio.Transport, writer: AbstractStreamWriter, *, chunked: bool, limits: Limits
    ) -> None:
        super().__init__(transport, writer, chunked=chunked, limits=limits)
        self._left = FAILS_AFTER

    def write(self, data: bytes) -> None:
        super().write(data)
        blocks = body_of(data, chunked=self.chunked).split(b"\n\n")
        left = self._left - sum(b"data:" in block for block in blocks)
        if left <= 0 < self._left:
            super().write(self.framed(FAILED))
        self._left = left


def exact_accept(request: web.Request) -> Wish:
    """Compares Accept letter by letter."""
    if request.headers.get("Accept") != "text/event-stream":
        raise RefusedError(406, "this is an event stream", expected="Accept: text/event-stream")
    return wish_of(request)


def endless(request: web.Request) -> Wish:
    """Whoever comes back is given no end: so whoever has had all waits for more."""
    wish = wish_of(request)
    return wish._replace(limit=0) if wish.asked else wish


def errors_as_events(routes: Routes) -> Routes:
    """A stream begins whatever was asked for, and says then what was wrong."""

    def wrapped(handler: Handler) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except RefusedError as refused:
                if refused.status >= OVERLOADED:
                    raise
                event = Event(refused.fields["error"], "error")
                return web.Response(body=wire.encode(event), headers=HEADERS)

        return handle

    return on_streams(routes, wrapped)


def delete_streams(routes: Routes) -> Routes:
    """One handler for all methods but those that have one of their own."""
    return [
        *routes,
        *(web.delete(route.path, route.handler) for route in routes if is_stream(route)),
    ]


def no_allow(routes: Routes) -> Routes:
    """A handler that refuses by itself, without saying what is allowed."""

    async def refuse(request: web.Request) -> web.Response:
        return reply({"error": f"{request.method} is not allowed here"}, 405)

    return [*routes, *(web.delete(route.path, refuse) for route in routes if is_stream(route))]


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
        Parts(stream_head=headed(Unsent), outlet=LateOutlet),
        ("SSE-HTTP-004",),
    ),
    "content-length": Fault(
        "Announces a length for a stream without end.",
        Parts(stream_head=content_length),
        ("SSE-HTTP-005",),
    ),
    "head-streams": Fault("Answers HEAD with a stream.", Parts(routes=head_streams), ("SSE-HTTP-009",)),
    "latin1-label": Fault(
        "Says that the stream is ISO-8859-1.", Parts(stream_head=latin1_label), ("SSE-HTTP-003",)
    ),
    "two-lengths": Fault(
        "Announces a length together with chunks.",
        Parts(stream_head=headed(TwoLengths)),
        ("SSE-HTTP-005", "SSE-HTTP-006"),
    ),
    "no-last-chunk": Fault(
        "Closes the connection without the zero chunk at the end of a stream.",
        Parts(stream_head=headed(Torn)),
        ("SSE-HTTP-007",),
    ),
    "chunks-for-http-1.0": Fault(
        "Sends chunks to a client of HTTP/1.0.",
        Parts(stream_head=chunked_to_http_1_0),
        ("SSE-HTTP-008",),
    ),
    "delete-streams": Fault("Answers DELETE with a stream.", Parts(routes=delete_streams), ("SSE-HTTP-010",)),
    "405-without-allow": Fault(
        "Refuses a method without saying which are allowed.", Parts(routes=no_allow), ("SSE-HTTP-010",)
    ),
    "exact-accept": Fault(
        "Refuses subscriptions whose Accept is not letter by letter text/event-stream.",
        Parts(wish_of=exact_accept),
        ("SSE-HTTP-011",),
    ),
    "error-as-event": Fault(
        "Answers a bad subscription with 200 and an error event.",
        Parts(routes=errors_as_events),
        ("SSE-HTTP-012",),
    ),
    "bare-error": Fault(
        "Writes the JSON of an error response into the stream after three events.",
        Parts(outlet=BareErrorOutlet),
        ("SSE-HTTP-013", "SSE-FRAME-004"),
    ),
    "no-204": Fault(
        "Lets whoever comes back after the end of a stream wait for more.",
        Parts(wish_of=endless),
        ("SSE-HTTP-014",),
    ),
    "closes-unannounced": Fault(
        "Closes the connection after a stream without Connection: close.",
        Parts(stream_head=headed(Hasty)),
        ("SSE-HTTP-017",),
    ),
}
