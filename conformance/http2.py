"""HTTP/2 by hand: streams on one connection, each captured with the times of its bytes. Judges nothing.

Windows are opened and streams reset as the caller says, which no client library allows. Needs the package h2;
without it `connected` raises Unjudged.
"""

import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, TypeVar

from conformance.eventstream import Event, EventStream
from conformance.peer import Peer, Unreachable
from conformance.target.request import Request
from conformance.verdict import Unjudged, Verdict

__all__ = ["WINDOW_BYTES", "Connection", "NotSpokenError", "Stream", "connected"]

INSTALL = "needs-h2: pip install 'eventbahn[http2]'"
RECV_BYTES = 65536
WINDOW_BYTES = 65_535  # of a stream, as the standard has it: RFC 9113, 6.9.2
PLENTY = 2**30  # bytes, of the connection as a whole
LEFT_TO_HTTP = {"host", "connection", "accept-encoding"}

T = TypeVar("T")


class NotSpokenError(Exception):
    """The server does not want to speak HTTP/2; the message says what instead."""


@dataclass(slots=True)
class Stream:
    """One request and its answer. Times are seconds since the connection was made.

    The window of one that is `shut` is never opened again: the server may send WINDOW_BYTES and no more.
    """

    number: int
    shut: bool = False
    head: tuple[tuple[str, str], ...] = ()
    body: bytearray = field(default_factory=bytearray)
    events: list[tuple[float, Event]] = field(default_factory=list)
    end: str = ""
    parser: EventStream = field(default_factory=EventStream)

    @property
    def status(self) -> str:
        """Of the answer; "" before it."""
        return dict(self.head).get(":status", "")


class Connection:
    """One connection. All happens in the caller's thread: `wait` reads and answers."""

    def __init__(self, sock: socket.socket, library: Any) -> None:
        config = import_module("h2.config").H2Configuration(
            client_side=True, header_encoding="latin-1", validate_inbound_headers=False
        )  # what is wrong with a header is to be seen, not refused
        self._events = import_module("h2.events")
        self._errors = import_module("h2.exceptions").ProtocolError
        self._h2 = library.H2Connection(config)
        self._sock = sock
        self._begun = time.monotonic()
        self.streams: dict[int, Stream] = {}
        self.end = ""  # of the connection
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(PLENTY)
        self._flush()

    @property
    def now(self) -> float:
        """Seconds since the connection was made."""
        return time.monotonic() - self._begun

    def ask(self, request: Request, *, shut: bool = False) -> Stream:
        """Send a request without a body. Raises Unjudged where the server takes no more streams."""
        scheme, _, rest = request.url.partition("://")
        authority, slash, path = rest.partition("/")
        fields = [(name.decode().lower(), value.decode("latin-1")) for name, value in request.headers]
        head = [(":method", request.method), (":scheme", scheme), (":authority", authority)]
        head += [(":path", slash + path or "/"), *(one for one in fields if one[0] not in LEFT_TO_HTTP)]
        number = self._h2.get_next_available_stream_id()
        try:
            self._h2.send_headers(number, head, end_stream=True)
        except self._errors as error:
            told = f"{len(self.streams)} streams are open, and the server allows no more: {error}"
            raise Unjudged(Verdict.INCONCLUSIVE, told) from error
        stream = self.streams[number] = Stream(number, shut)
        self._flush()
        return stream

    @property
    def allowed(self) -> int:
        """How many streams the server takes at once, as it says."""
        return int(self._h2.remote_settings.max_concurrent_streams)

    def reset(self, stream: Stream) -> None:
        """Leave one stream with RST_STREAM (CANCEL)."""
        self._h2.reset_stream(stream.number, error_code=8)
        stream.end = "left by us"
        self._flush()

    def wait(self, ready: Callable[[], T | None], seconds: float) -> T | None:
        """What `ready` returns, asked after every arrival; None after `seconds` or at the end."""
        deadline = time.monotonic() + seconds
        while (found := ready()) is None and not self.end:
            left = deadline - time.monotonic()
            pending = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()
            if not pending and (left <= 0 or not select.select([self._sock], [], [], left)[0]):
                return ready()
            self._receive()
        return found if found is not None else ready()

    def _receive(self) -> None:
        try:
            data = self._sock.recv(RECV_BYTES)
            happened = self._h2.receive_data(data) if data else ()
        except (OSError, self._errors) as error:
            self.end = str(error)
            return
        self.end = "" if data else "eof"
        for event in happened:
            self._take(event)
        self._flush()

    def _take(self, event: Any) -> None:
        kinds = self._events
        if isinstance(event, kinds.ConnectionTerminated):
            self.end = f"GOAWAY, error {event.error_code}"
        stream = self.streams.get(getattr(event, "stream_id", None) or 0)
        if stream is None:
            return
        match event:
            case kinds.ResponseReceived():
                stream.head = tuple(event.headers)
            case kinds.DataReceived():
                self._data(stream, event)
            case kinds.StreamReset():
                stream.end = stream.end or f"RST_STREAM, error {event.error_code}"
            case kinds.StreamEnded():
                stream.end = stream.end or "END_STREAM"

    def _data(self, stream: Stream, event: Any) -> None:
        stream.body += event.data
        stream.events += [(self.now, one) for one in stream.parser.feed(event.data)]
        size = event.flow_controlled_length
        if size and not stream.shut and not stream.end:
            self._h2.increment_flow_control_window(size, stream.number)

    def _flush(self) -> None:
        try:
            self._sock.sendall(self._h2.data_to_send())
        except OSError as error:
            self.end = error.strerror or str(error)


@contextmanager
def connected(url: str, *, verify: bool) -> Iterator[Connection]:
    """A connection to where `url` leads: by ALPN over TLS, with prior knowledge without.

    Raises Unjudged, and NotSpokenError where ALPN says something else.
    """
    try:
        library = import_module("h2.connection")
    except ImportError:
        raise Unjudged(Verdict.SKIP, INSTALL) from None
    try:
        sock = Peer.of(url, verify=verify, speaks="h2").connect()
    except Unreachable as error:
        raise Unjudged(Verdict.INCONCLUSIVE, f"unreachable: {error}") from error
    with sock:
        if isinstance(sock, ssl.SSLSocket) and sock.selected_alpn_protocol() != "h2":
            raise NotSpokenError(f"ALPN agreed on {sock.selected_alpn_protocol() or 'nothing'}")
        yield Connection(sock, library)
