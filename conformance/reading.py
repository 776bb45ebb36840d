"""A transcript read as HTTP and as an event stream, arrival by arrival. Does no I/O and passes no verdict."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import h11

from conformance.eventstream import Block, BlockStream, Event, EventStream
from conformance.grammar import Finding, findings
from conformance.transcript import Arrival, Transcript

__all__ = ["Head", "Reading"]

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Head:
    """A response head: its bytes, and h11's reading of them."""

    raw: bytes
    seconds: float  # from the request to the last byte of the head
    version: str  # "1.1"
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]  # in order and in the server's own case

    def all(self, name: str) -> list[str]:
        """The value of every field called `name`, without regard to case."""
        return [value for found, value in self.headers if found.lower() == name.lower()]

    @property
    def line(self) -> str:
        """The status line, as it came."""
        return self.raw.splitlines()[0].decode("latin-1")

    @property
    def media_type(self) -> str:
        """Of the first Content-Type, in lower case; "" where there is none."""
        found = self.all("content-type")
        return found[0].partition(";")[0].strip().lower() if found else ""


class Reading:
    """What has been understood so far. `Reading.of` reads a whole transcript."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.head: Head | None = None
        self.malformed = ""  # why the bytes are not HTTP
        self.complete = False  # the message has ended by HTTP's own rules
        self.completed = 0.0  # when it did, in seconds since the request
        self.after = b""  # what came after that end
        self.body = bytearray()
        self.blocks: list[Block] = []
        self.events: list[Event] = []
        self._raw = bytearray()
        self._offsets: list[int] = []  # of the body, at which the pieces begin
        self._seconds: list[float] = []  # when they came
        self._found: tuple[tuple[int, bool], list[Finding]] | None = None
        self._blocks = BlockStream()
        self._events = EventStream()
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=2**20)
        method, target, *_ = transcript.request.split(b" ", 2)
        self._http.send(h11.Request(method=method, target=target, headers=[("Host", "target")]))
        self._http.send(h11.EndOfMessage())

    @classmethod
    def of(cls, transcript: Transcript) -> Self:
        """All of it."""
        reading = cls(transcript)
        for arrival in transcript.arrivals:
            reading.feed(arrival)
        if transcript.end:
            reading.finish()
        return reading

    def feed(self, arrival: Arrival) -> None:
        """Take in one arrival."""
        if self.malformed:
            return
        if self.head is None:
            self._raw += arrival.data
        if self.complete:
            self.after += arrival.data
            return
        try:
            self._http.receive_data(arrival.data)
            self._advance(arrival.seconds)
        except h11.RemoteProtocolError as error:
            self.malformed = str(error)

    def finish(self) -> None:
        """The peer has closed: that completes a close-delimited message, and cuts off any other."""
        if self.malformed or self.complete or self.head is None:
            return
        try:
            self._http.receive_data(b"")
            self._advance(self.transcript.lasted)
        except h11.RemoteProtocolError:
            return  # cut off: `complete` stays False

    def seconds_at(self, offset: int) -> float:
        """When the byte at `offset` of the body came, in seconds since the request."""
        return self._seconds[max(0, bisect_right(self._offsets, offset) - 1)]

    def dispatched(self, block: Block | Event) -> float:
        """When the last byte of `block` came."""
        return self.seconds_at(block.end - 1)

    @property
    def findings(self) -> Sequence[Finding]:
        """What the grammar has to say to the body so far: looked for once, however many rows ask."""
        state = len(self.body), self.complete
        if self._found is None or self._found[0] != state:
            self._found = state, findings(bytes(self.body), ended=self.complete)
        return self._found[1]

    @property
    def unfinished(self) -> Block | None:
        """What no blank line has closed yet."""
        return self._blocks.unfinished

    @property
    def last_event_id(self) -> str:
        """What a client that reconnects now would send."""
        return self._events.last_event_id

    @property
    def offsets(self) -> tuple[int, ...]:
        """Where the pieces of the body begin."""
        return tuple(self._offsets)

    @property
    def pieces(self) -> tuple[float, ...]:
        """When pieces of the body came, in seconds since the request."""
        return tuple(self._seconds)

    def _advance(self, seconds: float) -> None:
        while True:
            match self._http.next_event():
                case h11.Response() as response:
                    self.head = self._head(response, seconds)
                case h11.Data(data=data):
                    self._take(bytes(data), seconds)
                case h11.EndOfMessage():
                    self.complete, self.completed = True, seconds
                    self.after = self._http.trailing_data[0]
                    return
                case h11.InformationalResponse():
                    del self._raw[: self._raw.index(HEAD_END) + len(HEAD_END)]
                case _:
                    return

    def _head(self, response: h11.Response, seconds: float) -> Head:
        raw = bytes(self._raw.partition(HEAD_END)[0])
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items()
        )
        version, reason = response.http_version.decode("ascii"), response.reason.decode("latin-1")
        return Head(raw, seconds, version, response.status_code, reason, headers)

    def _take(self, data: bytes, seconds: float) -> None:
        self._offsets.append(len(self.body))
        self._seconds.append(seconds)
        self.body += data
        self.blocks += self._blocks.feed(data)
        self.events += self._events.feed(data)
