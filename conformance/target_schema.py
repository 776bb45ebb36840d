"""The tables of a target file as records. What is left out and has no default is None: unknown."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

__all__ = [
    "Capture",
    "Cors",
    "Cursor",
    "Exec",
    "Faults",
    "Fields",
    "FixedChannel",
    "Frame",
    "Heartbeat",
    "Limits",
    "OtherPath",
    "Politeness",
    "Principal",
    "Process",
    "Publish",
    "RandomChannel",
    "RequestTemplate",
    "Seconds",
    "Server",
    "Signal",
    "Step",
    "Subscribe",
    "Target",
    "Waiver",
    "seconds",
]

DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)")
UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}


class Seconds(float):
    """A duration; written "15s", "300ms", "2m", "1h", or as a plain number of seconds."""

    __slots__ = ()


def seconds(value: object) -> Seconds:
    """Reads a duration. Raises ValueError with what is expected."""
    found = DURATION.fullmatch(str(value).strip()) if isinstance(value, str | int | float) else None
    if found is None or isinstance(value, bool) or not float(found[1]):
        raise ValueError(f'expected a duration above zero like "15s" or "300ms", got {value!r}')
    return Seconds(float(found[1]) * UNITS[found[2]])


Positive = Annotated[int, Meta(ge=1)]
Status = Annotated[int, Meta(ge=100, le=599)]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What all tables share: no unknown keys, and no change after loading."""


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


class Exec(Table, frozen=True):
    """A version to be asked of a program: the first line it prints."""

    exec: tuple[str, ...]


class Tls(Table, frozen=True):
    verify: bool = True


class Server(Table, frozen=True):
    """[target]: what is judged, and where it listens."""

    name: str
    base_url: str
    version: str | Exec | None = None
    http: tuple[Literal["1.0", "1.1", "2"], ...] = ("1.1",)
    framing: Literal["server", "publisher"] = "server"
    tls: Tls = Tls()
    profiles: tuple[str, ...] = ()


class Ready(Table, frozen=True):
    """A process is ready once `tcp` ("host:port") accepts connections."""

    tcp: str
    timeout: Seconds = Seconds(20)


class Stop(Table, frozen=True):
    signal: Literal["TERM", "INT", "HUP", "QUIT", "KILL"] = "TERM"
    grace: Seconds = Seconds(10)


class Metric(Table, frozen=True):
    """A number that the server shows: the first group of `regex` in what `url` answers."""

    url: str
    regex: str


class Metrics(Table, frozen=True):
    connections: Metric | None = None
    rss: Literal["pid"] | None = None


class Process(Table, frozen=True):
    """[process]: how the suite starts, stops and watches the server itself."""

    start: tuple[str, ...]
    ready: Ready
    stop: Stop = Stop()
    volatile: bool | None = None
    metrics: Metrics = Metrics()


class Capture(Table, frozen=True):
    """Where a value of a response lies: in a header, or in its JSON at a pointer (RFC 6901). Not both."""

    header: str | None = None
    json: str | None = None


class Step(RequestTemplate, frozen=True):
    """[[setup]]: a request sent once before the first row."""

    capture: Mapping[str, Capture] = {}


class Principal(Table, frozen=True):
    """Someone who may ask: the headers that prove it."""

    headers: Mapping[str, str]


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


class BadRequest(Table, frozen=True):
    """A subscription that must be refused with one of the statuses of `expect`."""

    expect: tuple[Status, ...]
    path: str | None = None
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}


class End(Table, frozen=True):
    """How a finite stream ends: by closing, or also by an event of a type or with a text."""

    kind: Annotated[
        str, Meta(pattern="^(eof|event:.+|data:.+)$", description="eof, event:TYPE or data:TEXT")
    ] = "eof"


class Subscribe(RequestTemplate, frozen=True):
    """[subscribe]: how a stream is opened, and what comes on it besides events."""

    method: str = "GET"
    channel: RandomChannel | FixedChannel = RandomChannel()
    finite: bool = False
    end: End = End()
    greeting: tuple[Frame, ...] = ()
    ignore: tuple[Frame, ...] = ()
    traffic: Literal["on-publish", "ambient", "none"] = "on-publish"
    bad_requests: tuple[BadRequest, ...] = ()


class Signal(Table, frozen=True):
    """How a server says that it cannot resume: by an event type, a response header, or a status."""

    event: str | None = None
    header: str | None = None
    status: Status | None = None


class Retention(Table, frozen=True):
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


class SlowReader(Table, frozen=True):
    policy: Literal["drop", "cap", "block", "unknown"]


class Limits(Table, frozen=True):
    """[limits]: budgets, and how many streams the suite may open."""

    head_ms: Positive = 1_000
    latency_ms: Positive = 500
    streams: Positive = 200
    cap: Positive | None = None
    slow_reader: SlowReader | None = None


class Cors(Table, frozen=True):
    """[cors]: the origin whose pages may read the stream."""

    origin: str
    credentials: bool | None = None


class Faults(Table, frozen=True):
    """[faults]: requests that provoke what a client cannot."""

    midstream: RequestTemplate | None = None
    revoke: RequestTemplate | None = None


class OtherPath(Table, frozen=True):
    """[[paths]]: the same server by another way."""

    name: str
    base_url: str


class Politeness(Table, frozen=True):
    """[politeness]: what a stranger's server is spared; None is no bound."""

    max_streams: Positive | None = 3
    max_requests: Positive | None = 60
    allow_attacks: bool = False


class Waiver(Table, frozen=True):
    """[[waive]]: a known failure of a row, until a date."""

    id: str
    reason: str
    until: date


class Target(Table, frozen=True):
    """A target file: what the server promises."""

    schema: Literal[1]
    target: Server
    subscribe: Subscribe
    process: Process | None = None
    setup: tuple[Step, ...] = ()
    auth: Mapping[str, Principal] = {}
    cursor: Cursor | None = None
    publish: Publish | None = None
    heartbeat: Heartbeat | None = None
    limits: Limits = Limits()
    cors: Cors | None = None
    faults: Faults | None = None
    paths: tuple[OtherPath, ...] = ()
    politeness: Politeness | None = None  # by default that of the address: see `load`
    waive: tuple[Waiver, ...] = ()
