"""The server under test, as its target describes it: subscribes, publishes, stays polite. Judges nothing."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx

from conformance.placeholders import names
from conformance.reading import Reading
from conformance.request import (
    Message,
    Request,
    UnsendableError,
    channel_name,
    publish_request,
    subscribe_request,
)
from conformance.row import Payload
from conformance.target import Target
from conformance.target_schema import Politeness
from conformance.unwrap import payload
from conformance.verdict import Unjudged, Verdict
from conformance.visible import visible
from conformance.wire import Peer, Unreachable, Wire, WireStream

__all__ = ["Receipt", "Subject", "octets"]

PUBLISH_SECONDS = 10.0
SHOWN = 120  # characters of a refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server said to a publisher. There is no `request` where the template could not carry it."""

    accepted: bool
    text: str
    request: Request | None


class Subject:
    """One server during one run. `nonce` marks whatever the run publishes."""

    def __init__(self, target: Target, wire: Wire, values: Mapping[str, str], nonce: str) -> None:
        self.target = target
        self.wire = wire
        self.nonce = nonce
        self.streams: list[WireStream] = []  # all that were opened
        self._values = values
        self._requests = 0
        self._published_at = 0.0
        self._peers: dict[str, Peer] = {}
        verify = target.target.tls.verify
        self._http = httpx.Client(trust_env=False, verify=verify, timeout=PUBLISH_SECONDS)

    def close(self) -> None:
        """Let go of the publisher's connection. The streams are the wire's."""
        self._http.close()

    @property
    def head_seconds(self) -> float:
        """The budget for a response head."""
        return self.target.limits.head_ms / 1000

    @property
    def latency_seconds(self) -> float:
        """The budget for an event."""
        return self.target.limits.latency_ms / 1000

    @property
    def heartbeat(self) -> float | None:
        """The declared interval in seconds; None where there is none, or none is declared."""
        return self.target.heartbeat.interval if self.target.heartbeat else None

    @property
    def can_publish(self) -> bool:
        """Whether the target says how."""
        return self.target.publish is not None and self.target.publish.driver == "http"

    @property
    def isolated(self) -> bool:
        """Whether each channel of ours is our own: what is published on one is not seen on another."""
        template = self.target.subscribe
        parts = (template.path, template.url, template.query, template.headers, template.json, template.form)
        return any("channel" in names(part) for part in parts) and hasattr(template.channel, "pattern")

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Whatever is subscribed inside is closed at the end."""
        before = len(self.streams)
        try:
            yield
        finally:
            for stream in self.streams[before:]:
                stream.close()

    def channel(self) -> str:
        """A channel that nobody has used; or the only one."""
        return channel_name(self.target, uuid4().hex)

    def subscribe(
        self,
        label: str,
        channel: str,
        *,
        cursor: str | None = None,
        method: str | None = None,
        more: tuple[tuple[bytes, bytes], ...] = (),
    ) -> WireStream:
        """Open a stream. `more` are further header fields, byte for byte. Raises Unjudged."""
        self._be_polite()
        try:
            by_header, by_query = self._placed(cursor)
            built = subscribe_request(
                self.target,
                channel,
                last_event_id=by_header,
                query_cursor=by_query,
                values=self._all_values(),
            )
        except UnsendableError as error:
            raise Unjudged(Verdict.INCONCLUSIVE, f"{label}: {error}") from error
        peer = self._peers.get(built.url)
        try:
            if peer is None:
                peer = self._peers[built.url] = Peer.of(built.url, verify=self.target.target.tls.verify)
            stream = self.wire.open(peer, octets(built, method, more), label=label, url=built.url)
        except Unreachable as error:
            raise Unjudged(Verdict.INCONCLUSIVE, f"unreachable: {error}") from error
        self.streams.append(stream)
        return stream

    def publish(self, channel: str, wanted: Payload) -> Receipt:
        """Publish, and wait for the answer; no faster than the target allows."""
        message = Message(channel, wanted.data, wanted.event, self._id(wanted))
        try:
            built = publish_request(self.target, message, values=self._all_values())
        except UnsendableError as error:
            return Receipt(accepted=False, text=str(error), request=None)
        self._requests += 1
        self._keep_pace()
        try:
            answer = self._http.request(
                built.method, built.url, headers=list(built.headers), content=built.body
            )
        except httpx.HTTPError as error:
            return Receipt(accepted=False, text=f"{type(error).__name__}: {error}", request=built)
        assert self.target.publish is not None, "nothing is published without [publish]"
        body = "" if answer.is_success else f": {visible(answer.text, SHOWN)}"
        text = f"{answer.status_code} {answer.reason_phrase}{body}"
        return Receipt(answer.status_code in self.target.publish.success, text, built)

    def payload(self, data: str) -> str | None:
        """What was published, from an event's data."""
        publish = self.target.publish
        return payload(publish.unwrap.kind if publish else "raw", data)

    def dispatched(self, text: str, reading: Reading) -> bool | None:
        """True once an event with the payload `text` has come; else None, so that one can wait for it."""
        return any(self.payload(event.data) == text for event in reading.events) or None

    def _placed(self, cursor: str | None) -> tuple[str | None, str | None]:
        """The cursor as a header, or as a query where the target knows no header."""
        declared = self.target.cursor
        by_query = declared is not None and declared.header is False and bool(declared.query)
        return (None, cursor) if by_query else (cursor, None)

    def _id(self, wanted: Payload) -> str | None:
        cursor = self.target.cursor
        publisher_names = cursor is not None and cursor.ids == "publisher"
        return f"urn:uuid:{uuid4()}" if publisher_names and wanted.id is None else wanted.id

    def _all_values(self) -> dict[str, str]:
        return {"uuid": uuid4().hex, **self._values}

    def _be_polite(self) -> None:
        """Raises Unjudged where the next stream would be one too many for a stranger's server."""
        polite = self.target.politeness or Politeness(max_streams=None, max_requests=None)
        most = min(polite.max_streams or self.target.limits.streams, self.target.limits.streams)
        if sum(not stream.closed for stream in self.streams) >= most:
            raise Unjudged(
                Verdict.SKIP, f"politeness: needs more than {most} streams at once; the target can allow them"
            )
        if polite.max_requests is not None and self._requests >= polite.max_requests:
            raise Unjudged(
                Verdict.SKIP,
                f"politeness: {polite.max_requests} requests were sent; the target can allow more",
            )
        self._requests += 1

    def _keep_pace(self) -> None:
        rate = self.target.publish.max_rate if self.target.publish else None
        if rate:
            time.sleep(max(0.0, self._published_at + 1 / rate - time.monotonic()))
        self._published_at = time.monotonic()


def octets(request: Request, method: str | None, more: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """The request as bytes: HTTP/1.1, no compression, and closed by the client."""
    parts = httpx.URL(request.url)
    headers = [(b"Host", parts.netloc), (b"Accept-Encoding", b"identity"), *request.headers, *more]
    given = {name.lower() for name, _ in headers}
    if request.method == "GET" and b"cache-control" not in given:
        headers.append((b"Cache-Control", b"no-store"))  # as the standard tells an EventSource to, 9.2.2
    if request.body:
        headers.append((b"Content-Length", str(len(request.body)).encode()))
    first = b"%b %b HTTP/1.1" % ((method or request.method).encode(), parts.raw_path)
    return b"\r\n".join([first, *(b"%b: %b" % pair for pair in headers), b"", request.body])
