"""One HTTP response as a stream of blocks, read in the pump. Opens once; does not come back by itself."""

import errno
import os
import re
import socket
from collections.abc import Callable
from typing import Protocol

import httptools

from loadtests._blocks import cut
from loadtests._endpoint import Endpoint
from loadtests._origin import Origins
from loadtests._pump import SO_TIMESTAMPNS, Pump, Read, open_socket, receive, stamped

__all__ = ["Circuit", "Current", "Owner", "Stream"]

OK = 200
EVENT_STREAM = "text/event-stream"
CONTENT_TYPE = re.compile(rb"\ncontent-type:[ \t]*([^;\r\n]*)", re.IGNORECASE)
LONGEST_HEAD = 131_072  # bytes, with the first ones of the body that are read along
LONGEST_TYPE = 60  # characters that an error shows


class Owner(Protocol):
    """Whoever opened the stream. Times (ns): when the kernel had what we read, and when we read it."""

    def on_open(self, arrived_ns: int) -> None: ...
    def on_block(self, block: bytes, arrived_ns: int, read_ns: int) -> None: ...
    def on_end(self, reason: str) -> None: ...


class Circuit(Protocol):
    """What all streams of a run share."""

    @property
    def endpoint(self) -> Endpoint: ...

    pump: Pump
    kernel_stamps: bool
    origins: Origins
    current: "Current"


class Current:
    """The stream that is being read, one at a time: what all parsers call.

    A parser keeps a bound method for each call. Three of its own would be a tenth of what a stream needs.
    """

    __slots__ = ("on_body", "on_headers_complete", "on_message_complete", "stream")

    def __init__(self) -> None:
        self.stream: Stream
        self.on_headers_complete = self._on_headers_complete
        self.on_body = self._on_body
        self.on_message_complete = self._on_message_complete

    def _on_headers_complete(self) -> None:
        self.stream.on_headers_complete()

    def _on_body(self, data: bytes) -> None:
        self.stream.on_body(data)

    def _on_message_complete(self) -> None:
        self.stream.on_message_complete()


class Stream:
    """GET, head, blocks, end. `on_end` comes once, and not after `close`."""

    __slots__ = ("_circuit", "_open", "_owner", "_parser", "_receive", "_request", "_rest", "_socket")

    def __init__(self, circuit: Circuit, owner: Owner, request: bytes) -> None:
        self._circuit = circuit
        self._owner = owner
        self._request = request
        self._rest = b""  # the head as far as it has come, later the block
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(circuit.current)
        self._receive: Callable[[socket.socket], Read] = stamped if circuit.kernel_stamps else receive
        self._open = False
        self._socket: socket.socket | None = None

    def connect(self) -> None:
        """Begin. May fail at once, and so call `on_end` before it returns."""
        try:
            self._socket = open_socket(self._circuit.endpoint.family)
            self._circuit.origins.bind(self._socket)
            failed = self._socket.connect_ex(self._circuit.endpoint.address)
        except OSError as error:  # out of files, or of ports
            self._fail(f"connect: {error.strerror}")
            return
        if failed not in {0, errno.EINPROGRESS}:
            self._fail(f"connect: {os.strerror(failed)}")
            return
        self._circuit.pump.connecting(self._socket.fileno(), self)

    def close(self) -> None:
        """Leave. Nothing is called afterwards."""
        self._open = False
        self._parser = None
        if self._socket is not None:
            self._circuit.pump.forget(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _fail(self, reason: str) -> None:
        self.close()
        self._owner.on_end(reason)

    def on_writable(self) -> None:
        """Connected, or not."""
        assert self._socket is not None
        try:
            failed = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if failed:
                raise OSError(failed, os.strerror(failed))
            if self._circuit.kernel_stamps:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._socket.send(self._request)
            self._request = b""  # it would be a tenth of what a stream keeps
        except OSError as error:
            self._fail(f"connect: {error.strerror}")
            return
        self._circuit.pump.reading(self._socket.fileno())

    def on_readable(self) -> None:
        """Read once; the pump comes again for the rest."""
        assert self._socket is not None
        assert self._parser is not None
        pump = self._circuit.pump
        try:
            data, pump.arrived_ns, pump.read_ns = self._receive(self._socket)
            if not data:
                self._fail("stream: eof")
                return
            if not self._open:
                self._rest += data
                if len(self._rest) > LONGEST_HEAD:
                    self._fail(f"connect: a head longer than {LONGEST_HEAD} bytes")
                    return
            self._circuit.current.stream = self
            self._parser.feed_data(data)
        except BlockingIOError:
            return
        except OSError as error:
            self._fail(f"stream: {error.strerror}")
        except httptools.HttpParserCallbackError:
            raise  # a fault of ours
        except httptools.HttpParserError as error:
            self._fail(f"stream: not HTTP: {error}")

    def on_headers_complete(self) -> None:
        if self._parser is None:
            return  # closed, and yet there is more in what was read
        status = self._parser.get_status_code()
        if status != OK:
            self._fail(f"connect: HTTP {status}")
            return
        found = CONTENT_TYPE.search(self._rest)
        kind = found[1].decode("latin-1").strip().lower() if found else ""
        if kind != EVENT_STREAM:
            self._fail(f"connect: not an event stream, but {kind[:LONGEST_TYPE] or 'without a type'}")
            return
        self._rest = b""
        self._open = True
        self._owner.on_open(self._circuit.pump.arrived_ns)

    def on_body(self, data: bytes) -> None:
        if not self._open:
            return
        try:
            blocks, self._rest = cut(self._rest + data if self._rest else data)
        except ValueError as error:
            self._fail(f"stream: {error}")
            return
        pump, on_block = self._circuit.pump, self._owner.on_block
        for block in blocks:
            on_block(block, pump.arrived_ns, pump.read_ns)

    def on_message_complete(self) -> None:
        if self._open:
            self._fail("stream: eof")
