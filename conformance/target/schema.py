"""A target file as a record, and its tables about the server. [subscribe] and the like are in stream_schema.

What is left out and has no default is None: unknown.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from conformance.target.stream import Cursor, Heartbeat, Publish, RequestTemplate, Subscribe
from conformance.target.table import Positive, Seconds, Table

__all__ = [
    "Capture",
    "Cors",
    "Exec",
    "Faults",
    "Install",
    "Limits",
    "Metric",
    "Metrics",
    "OtherPath",
    "Politeness",
    "Principal",
    "Process",
    "Ready",
    "Server",
    "SlowReader",
    "Step",
    "Stop",
    "Target",
    "Tls",
    "Waiver",
]


class Exec(Table, frozen=True):
    """A version to be asked of a program: the first line it prints."""

    exec: tuple[str, ...]


class Tls(Table, frozen=True):
    """Whether a certificate must be one that this machine trusts."""

    verify: bool = True


class Server(Table, frozen=True):
    """[target]: what is judged, and where it listens.

    `http` are the versions that it is to be asked in. `local` says whether it is meant for this machine only,
    so that foreign hosts and origins are refused. `origin` is where it listens itself, where `base_url` leads
    there through others: what is wrong is then looked for there, too, and events are published there.
    """

    name: str
    base_url: str
    origin: str | None = None
    version: str | Exec | None = None
    http: tuple[Literal["1.0", "1.1", "2"], ...] | None = None
    local: bool | None = None
    framing: Literal["server", "publisher"] = "server"
    tls: Tls = Tls()
    profiles: tuple[str, ...] = ()


class Install(Table, frozen=True):
    """[install]: the packages that hold the server, as the installer of each kind takes them."""

    debian: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    npm: tuple[str, ...] = ()


class Ready(Table, frozen=True):
    """A process is ready once `tcp` ("host:port") accepts connections."""

    tcp: str
    timeout: Seconds = Seconds(20)


class Stop(Table, frozen=True):
    """The signal that ends a process, and how long it may take."""

    signal: Literal["TERM", "INT", "HUP", "QUIT", "KILL"] = "TERM"
    grace: Seconds = Seconds(10)


class Metric(Table, frozen=True):
    """A number that the server shows: the first group of `regex` in what `url` answers."""

    url: str
    regex: str


class Metrics(Table, frozen=True):
    """What can be read off the server while it runs; `rss` is that of the process that the suite started."""

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


class SlowReader(Table, frozen=True):
    """What the server does with a reader that does not keep up, and after how long without progress."""

    policy: Literal["drop", "cap", "block", "unknown"]
    after: Seconds | None = None


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
    install: Install = Install()
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
