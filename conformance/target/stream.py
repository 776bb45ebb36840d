"""The tables of a target file about the stream itself: [subscribe], [cursor], [publish], [heartbeat].

What is left out and has no default is None: unknown.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from conformance.target.table import Positive, Seconds, Status, Table

__all__ = [
    "BadRequest",
    "Cursor",
    "End",
    "Fields",
    "FixedChannel",
    "Frame",
    "Heartbeat",
    "Publish",
    "RandomChannel",
    "RequestTemplate",
    "Retention",
    "Signal",
    "Subscribe",
    "Unwrap",
    "Variant",
]


class RequestTemplate(Table, frozen=True):
    """A request with placeholders. `path` is appended to `base_url`; `url` stands alone.

    At most one of `body` (text), `json` (any value) and `form` (pairs).
    """

    method: str = "POST"
    path: str | None = None
    url: str | None = None
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: str | None = None
    json: Any = None
    form: Mapping[str, str] | None = None


class RandomChannel(Table, frozen=True, tag_field="mode", tag="random"):
    """A channel of its own for each stream of the suite."""

    pattern: str = "conf-{uuid}"


class FixedChannel(Table, frozen=True, tag_field="mode", tag="fixed"):
    """The one channel that there is."""

    value: str


class Frame(Table, frozen=True):
    """A kind of block that is no event of the publisher's: exactly one key."""

    comment: bool | None = None
    event: str | None = None
    id_only: bool | None = None


class Variant(Table, frozen=True):
    """The subscription asked for otherwise: at another path, with these beside or instead of its own."""

    path: str | None = None
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}


class BadRequest(Variant, frozen=True, kw_only=True):
    """A subscription that must be refused with one of the statuses of `expect`."""

    expect: tuple[Status, ...]


class End(Table, frozen=True):
    """How a finite stream ends: by closing, or also by an event of a type or with a text."""

    kind: Annotated[
        str, Meta(pattern="^(eof|event:.+|data:.+)$", description="eof, event:TYPE or data:TEXT")
    ] = "eof"


class Subscribe(RequestTemplate, frozen=True):
    """[subscribe]: how a stream is opened, and what comes on it besides events.

    `bounded` asks for a stream that ends by itself after {count} events, where others do not end.
    """

    method: str = "GET"
    channel: RandomChannel | FixedChannel = RandomChannel()
    finite: bool = False
    bounded: Variant | None = None
    end: End = End()
    greeting: tuple[Frame, ...] = ()
    ignore: tuple[Frame, ...] = ()
    traffic: Literal["on-publish", "ambient", "none"] = "on-publish"
    bad_requests: tuple[BadRequest, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether a stream can be had that ends by itself."""
        return self.finite or self.bounded is not None


class Signal(Table, frozen=True):
    """How a server says that it cannot resume: by an event type, a response header, or a status."""

    event: str | None = None
    header: str | None = None
    status: Status | None = None


class Retention(Table, frozen=True):
    """How far back a cursor may lie: in events, in seconds, or both."""

    count: Positive | None = None
    age: Seconds | None = None


class Cursor(Table, frozen=True):
    """[cursor]: what a client that comes back with the last id may expect."""

    supported: bool = True
    header: bool | None = None
    query: str | None = None  # "" for none
    precedence: Literal["header", "query"] | None = None
    first: (
        Annotated[str, Meta(pattern=r"^(none|all|last:\d+)$", description="none, all or last:N")] | None
    ) = None
    unknown: Literal["live", "all", "signal", "reject"] | None = None
    evicted: Literal["live", "all", "oldest", "signal", "reject"] | None = None
    signal: Signal | None = None
    outcome_header: str = ""
    delivery: Literal["exactly-once", "at-least-once", "at-most-once"] | None = None
    retention: Retention | None = None
    scope: Literal["channel", "global", "session"] | None = None
    ids: Literal["server", "publisher", "none"] | None = None


class Fields(Table, frozen=True):
    """What a publisher can set."""

    data: bool = True
    event: bool | None = None
    id: bool | None = None
    retry: bool | None = None
    comment: bool | None = None


class Unwrap(Table, frozen=True):
    """How a payload shows up in an event's data."""

    kind: Annotated[
        str,
        Meta(
            pattern="^(raw|json|base64|json-field:/.*)$",
            description="raw, json, base64 or json-field:/POINTER",
        ),
    ] = "raw"


class Publish(Table, frozen=True):
    """[publish]: how the suite makes the server send something."""

    driver: Literal["http", "exec", "python", "none"]
    auth: str | None = None
    request: RequestTemplate | None = None
    command: tuple[str, ...] | None = None
    python: str | None = None
    success: tuple[Status, ...] = (200, 201, 202, 204)
    fields: Fields = Fields()
    unwrap: Unwrap = Unwrap()
    max_rate: Positive | None = None  # requests/s
    max_bytes: Positive | None = None


class Heartbeat(Table, frozen=True):
    """[heartbeat]: seconds between beats on an idle stream; None where there are none, by declaration."""

    interval: Seconds | None
    kind: Annotated[str, Meta(pattern="^(comment|event:.+)$", description="comment or event:TYPE")] = (
        "comment"
    )
