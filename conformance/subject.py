"""The server under test, as its target describes it: subscribes, publishes, stays polite. Judges nothing."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from uuid import uuid4

import httpx

from conformance.ask import PLAIN, Ask, Fields, octets
from conformance.peer import USUAL, Manner, Peer, Unreachable, Unsupported
from conformance.publishers.drivers import publisher_of
from conformance.publishers.publisher import Receipt
from conformance.ration import Ration
from conformance.reading import Reading
from conformance.row import Payload
from conformance.target import Target
from conformance.target.placeholders import names
from conformance.target.request import (
    Message,
    Request,
    UnsendableError,
    channel_name,
    hook_request,
    shown,
    subscribe_request,
)
from conformance.target.roads import at_origin, moved
from conformance.target.stream import RequestTemplate
from conformance.target.unwrap import payload
from conformance.verdict import Unjudged, Verdict
from conformance.wire import Wire, WireStream

__all__ = ["Fields", "Subject"]

HOOK_SECONDS = 10.0


class Subject:
    """One server during one run. `nonce` marks whatever the run publishes."""

    def __init__(self, target: Target, wire: Wire, values: Mapping[str, str], nonce: str) -> None:
        self.target = target
        self.wire = wire
        self.nonce = nonce
        self.streams: list[WireStream] = []  # all that were opened, by whatever visitor
        self._mine: list[WireStream] = []
        self._values = values
        self._ration = Ration(target)
        self._peers: dict[str, Peer] = {}
        self._publisher = publisher_of(at_origin(target), values)

    def close(self) -> None:
        """Let go of the publisher's connection. The streams are the wire's."""
        if self._publisher is not None:
            self._publisher.close()

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
    def pause_seconds(self) -> float:
        """How long a publication may wait for its turn, by the declared rate."""
        rate = self.target.publish.max_rate if self.target.publish else None
        return 1 / rate if rate else 0.0

    @property
    def unrationed(self) -> bool:
        """Whether nobody counts our requests."""
        return self.target.politeness is None or self.target.politeness.max_requests is None

    @property
    def held(self) -> int:
        """How many streams we hold open now, all visitors together."""
        return sum(not (stream.ended or stream.closed) for stream in self.streams)

    @property
    def can_publish(self) -> bool:
        """Whether the target says how."""
        return self._publisher is not None

    @property
    def isolated(self) -> bool:
        """Whether each channel of ours is our own: what is published on one is not seen on another."""
        template = self.target.subscribe
        parts = (template.path, template.url, template.query, template.headers, template.json, template.form)
        return any("channel" in names(part) for part in parts) and hasattr(template.channel, "pattern")

    @contextmanager
    def visit(self) -> Iterator["Subject"]:
        """The same server for one capture, in whatever thread: what it subscribes to is closed at the end."""
        visitor = copy(self)
        visitor._mine = []
        try:
            yield visitor
        finally:
            for stream in visitor._mine:
                stream.close()

    def afford(self, requests: int) -> None:
        """Raises Unjudged where a stranger is asked for too much by so many: for those that need them all."""
        self._ration.afford(requests)

    def channel(self) -> str:
        """A channel that nobody has used; or the only one."""
        return channel_name(self.target, uuid4().hex)

    def subscribe(
        self,
        label: str,
        channel: str,
        *,
        cursor: str | None = None,
        query_cursor: str | None = None,
        ask: Ask = PLAIN,
        more: Fields = (),
        manner: Manner = USUAL,
    ) -> WireStream:
        """Open a stream. `cursor` goes where the target takes it; `more` are further header fields, byte for
        byte. Raises Unjudged.
        """
        self._ration.stream(self.streams)
        try:
            by_header, by_query = self._placed(cursor)
            built = subscribe_request(
                moved(self.target, ask.base) if ask.base else self.target,
                channel,
                last_event_id=by_header,
                query_cursor=by_query if query_cursor is None else query_cursor,
                principal=ask.principal,
                variant=ask.variant,
                values=self._all_values() | ({} if ask.count is None else {"count": str(ask.count)}),
            )
        except UnsendableError as error:
            raise Unjudged(Verdict.INCONCLUSIVE, f"{label}: {error}") from error
        peer = self._peers.get(built.url)
        try:
            if peer is None:
                peer = self._peers[built.url] = Peer.of(built.url, verify=self.target.target.tls.verify)
            sent, told = octets(built, ask, more), octets(shown(built, self.target), ask, more)
            stream = self.wire.open(peer, sent, label=label, url=built.url, manner=manner, shown=told)
        except Unreachable as error:
            raise Unjudged(Verdict.INCONCLUSIVE, f"unreachable: {error}") from error
        except Unsupported as error:
            raise Unjudged(Verdict.SKIP, f"needs-linux: {error}") from error
        self.streams.append(stream)
        self._mine.append(stream)
        return stream

    @property
    def roomy(self) -> int:
        """How many more streams may be opened now."""
        return self._ration.room(self.streams)

    def request(self, channel: str) -> Request:
        """A plain subscription, for whoever sends it in another way. Raises Unjudged."""
        self._ration.request()
        try:
            return subscribe_request(self.target, channel, values=self._all_values())
        except UnsendableError as error:
            raise Unjudged(Verdict.INCONCLUSIVE, str(error)) from error

    def knock(self, channel: str) -> socket.socket:
        """A connection on which a stream was asked for, and whose answer nobody has read. Raises Unjudged."""
        self._ration.request()
        try:
            built = subscribe_request(self.target, channel, values=self._all_values())
            sock = Peer.of(built.url, verify=self.target.target.tls.verify).connect()
        except (UnsendableError, Unreachable) as error:
            raise Unjudged(Verdict.INCONCLUSIVE, str(error)) from error
        try:
            sock.sendall(octets(built))
        except OSError as error:
            sock.close()
            raise Unjudged(Verdict.INCONCLUSIVE, f"a subscription was cut off: {error}") from error
        return sock

    def publish(self, channel: str, wanted: Payload) -> Receipt:
        """Publish, and wait for the answer. Raises Unjudged where a stranger was asked for enough."""
        assert self._publisher is not None, "whoever publishes has asked whether one can"
        self._ration.request()
        id_ = self._id(wanted)
        message = Message(channel, wanted.data, wanted.event, id_, wanted.retry, wanted.comment)
        return self._publisher.publish(message)

    def provoke(self, hook: RequestTemplate, channel: str) -> None:
        """Send a request of [faults], and wait for its answer. Raises Unjudged."""
        self._ration.request()
        verify = self.target.target.tls.verify
        try:
            built = hook_request(self.target, hook, channel, values=self._all_values())
            with httpx.Client(trust_env=False, verify=verify, timeout=HOOK_SECONDS) as client:
                answer = client.request(
                    built.method, built.url, headers=list(built.headers), content=built.body
                )
        except (httpx.HTTPError, UnsendableError) as error:
            raise Unjudged(
                Verdict.INCONCLUSIVE, f"the declared fault could not be provoked: {error}"
            ) from error
        if not answer.is_success:
            told = f"the declared fault could not be provoked: {answer.status_code} {answer.reason_phrase}"
            raise Unjudged(Verdict.INCONCLUSIVE, told)

    def payload(self, data: str) -> str | None:
        """What was published, from an event's data."""
        publish = self.target.publish
        return payload(publish.unwrap.kind if publish else "raw", data)

    def dispatched(self, text: str, reading: Reading) -> bool | None:
        """True once an event with the payload `text` has come; else None, so that one can wait for it."""
        return any(self.payload(event.data) == text for event in reading.events) or None

    def _placed(self, cursor: str | None) -> tuple[str | None, str | None]:
        """The cursor as a header, or as a query where the target knows no header.

        Outer blanks do not survive a header: a browser takes them off (Fetch, "normalize").
        """
        declared = self.target.cursor
        by_query = declared is not None and declared.header is False and bool(declared.query)
        return (None, cursor) if by_query else (cursor and cursor.strip("\t\n\r "), None)

    def _id(self, wanted: Payload) -> str | None:
        cursor = self.target.cursor
        publisher_names = cursor is not None and cursor.ids == "publisher"
        return f"urn:uuid:{uuid4()}" if publisher_names and wanted.id is None else wanted.id

    def _all_values(self) -> dict[str, str]:
        return {"uuid": uuid4().hex, **self._values}
