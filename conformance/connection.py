"""One subscription for a test of an application: events are taken from it, and no wait is without an end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from conformance.ask import octets
from conformance.eventstream import Event
from conformance.evidence import counted
from conformance.peer import Peer, Unreachable
from conformance.reading import Head, Reading
from conformance.target.request import Request
from conformance.visible import visible
from conformance.wire import Wire, WireStream

__all__ = ["Connect", "Connection", "NoStreamError", "NotInTimeError", "connecting"]

WITHIN_SECONDS = 5.0
MOST_SHOWN = 5  # events, of those that came instead
LONGEST_SHOWN = 200  # characters
OK = 200


class NoStreamError(AssertionError):
    """The server did not answer with an event stream; the message shows what it answered."""


class NotInTimeError(AssertionError):
    """What was waited for did not come, or what must not come did; the message shows what came."""


class Connect(Protocol):
    """The fixture `sse_connect`."""

    def __call__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        last_event_id: str | None = None,
        method: str = "GET",
        body: bytes = b"",
        within: float = WITHIN_SECONDS,
        verify: bool = True,
    ) -> "Connection": ...


@dataclass(slots=True)
class Connection:
    """An open event stream. `take`, `until` and `nothing` go through the events in order, each once.

    They read as the standard tells a browser to; so a comment is no event, nor is a block without data.
    """

    url: str
    head: Head
    _stream: WireStream
    _taken: int = 0

    @property
    def last_event_id(self) -> str:
        """What a browser that reconnects now would send."""
        return self._stream.reading.last_event_id

    @property
    def comments(self) -> tuple[str, ...]:
        """All comments so far, heartbeats among them, without the colon."""
        blocks = self._stream.reading.blocks
        return tuple(field.value for block in blocks for field in block.fields if not field.name)

    @property
    def ended(self) -> bool:
        """Whether the server has ended the stream."""
        return self._stream.reading.complete or self._stream.ended

    def take(self, count: int, within: float = WITHIN_SECONDS) -> list[Event]:
        """The next `count` events. Raises NotInTimeError when they have not all come `within` seconds."""
        upto = self._taken + count
        self._stream.wait(lambda reading: len(reading.events) >= upto or None, within)
        events = self._stream.reading.events[self._taken : upto]
        if len(events) < count:
            raise NotInTimeError(f"{counted(count, 'event')} wanted, {self._came(len(events), within)}")
        self._taken = upto
        return events

    def until(self, wanted: Callable[[Event], bool], within: float = WITHIN_SECONDS) -> Event:
        """The next event that is `wanted`; those before it are passed over. Raises NotInTimeError."""
        looked = self._taken

        def look(reading: Reading) -> Event | None:
            nonlocal looked
            while looked < len(reading.events):
                looked += 1
                if wanted(reading.events[looked - 1]):
                    return reading.events[looked - 1]
            return None

        found = self._stream.wait(look, within)
        if found is None:
            raise NotInTimeError(f"no event was the wanted one, {self._came(looked - self._taken, within)}")
        self._taken = looked
        return found

    def nothing(self, seconds: float) -> None:
        """Raises NotInTimeError if any event comes in that time; comments may."""
        self._stream.wait(lambda reading: len(reading.events) > self._taken or None, seconds)
        count = len(self._stream.reading.events) - self._taken
        if count:
            raise NotInTimeError(f"no event wanted, {self._came(count, seconds)}")

    def close(self) -> None:
        """Leave, as a page does that is closed."""
        self._stream.close()

    def _came(self, count: int, within: float) -> str:
        shown = self._stream.reading.events[self._taken :][:MOST_SHOWN]
        told = "".join(f"\n  {event.type}: {visible(event.data, LONGEST_SHOWN)}" for event in shown)
        rest = "\n  …" if count > len(shown) else ""
        unfinished = self._stream.reading.unfinished
        half = (
            f"\n  and {counted(len(unfinished.fields), 'line')} that no blank line has closed"
            if unfinished
            else ""
        )
        when = "before the stream ended" if self.ended else f"within {within:g} s"
        return f"{count} came {when}{':' if told else ''}{told}{rest}{half}"


@contextmanager
def connecting() -> Iterator[Connect]:
    """Yields what opens connections; all are closed at the end."""
    with Wire() as wire:

        def connect(
            url: str,
            *,
            headers: Mapping[str, str] = {},
            last_event_id: str | None = None,
            method: str = "GET",
            body: bytes = b"",
            within: float = WITHIN_SECONDS,
            verify: bool = True,
        ) -> Connection:
            cursor = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
            given = {"Accept": "text/event-stream", **cursor, **headers}
            encoded = tuple((name.encode("ascii"), value.encode()) for name, value in given.items())
            request = octets(Request(method, url, encoded, body))
            try:
                stream = wire.open(Peer.of(url, verify=verify), request, label="a test", url=url)
            except Unreachable as error:
                raise NoStreamError(str(error)) from error
            return Connection(url, _accepted(stream, within), stream)

        yield connect


def _accepted(stream: WireStream, within: float) -> Head:
    head = stream.wait(lambda reading: reading.head, within)
    if head is None:
        why = stream.transcript.end or "is the head held back until the first event?"
        raise NoStreamError(f"{stream.transcript.url}: no response head within {within:g} s: {why}")
    if head.status != OK or head.media_type != "text/event-stream":
        stream.wait(lambda reading: reading.complete or None, within)
        body = visible(bytes(stream.reading.body), LONGEST_SHOWN)
        what = f"{head.line}, {head.media_type or 'without a Content-Type'}"
        raise NoStreamError(f"{stream.transcript.url}: no event stream: {what}: {body}")
    return head
