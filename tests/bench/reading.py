"""A Locust process that holds streams open with one client or another, all of them doing the same work.

It is told on stdin what to do, a line each, and answers on stdout: `grow 100` opens so many more streams,
`count` says how many events came. The end of stdin ends it.
"""

import gc
import json
import ssl
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, cast

import gevent
import httpx
from gevent.fileobject import FileObject
from httpx_sse import connect_sse
from locust import FastHttpUser, HttpUser, User, task
from locust.env import Environment

from loadtests._audience import Audience
from loadtests._blocks import BlockReader
from loadtests._feed import Feed
from loadtests._ledger import Ledger
from loadtests._plan import Plan
from loadtests._probe import topic_name
from loadtests._pump import Pump, kernel_stamps_work
from loadtests._recipe import Story
from loadtests._scenario import Scenario
from loadtests._schedule import Schedule
from loadtests._server import Server, Site
from loadtests._stream import Stream
from loadtests._subscriber import Subscriber
from tests.bench.machine import raise_descriptors
from tests.bench.readers import READERS, RUN, SOURCE

__all__ = ["main"]

ACCEPT = {"Accept": "text/event-stream"}
HOUR = 3_600.0
POLL_SECONDS = 0.02
OPEN_SECONDS = 60.0
SETTLE_SECONDS = 0.5  # some count a stream as open when they ask for it


class Reading(ABC):
    """Streams, and what came through them."""

    opened = 0
    events = 0

    @abstractmethod
    def grow(self, count: int) -> None: ...


class Pumped(Reading):
    """Our own streams, without a user of Locust's: `packed` ones, as `--subs-per-user` makes them."""

    def __init__(self, url: str) -> None:
        site = Site.of(Story(url), "the URL")
        self.server = Server(site.recipe, site.streams[0], site.publications[0])
        # An empty timetable: subscribers expect every probe from number 0 on
        scenario = Scenario("bench", "", levels=(1,), settle=0.0, hold=HOUR, rates=(1.0,))
        self.audience = Audience(
            run=RUN,
            plan=Plan.of(scenario.steps(), time.time_ns()),
            sources={SOURCE: Schedule((), topic=topic_name(RUN, 0))},
            server=self.server,
            scenario=scenario,
            pump=Pump(patient=True),
            kernel_stamps=kernel_stamps_work(),
            random=Random(1),
        )


class PackedReads(Pumped):
    """Events are parsed, and their probes found; nothing is kept of them."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._blocks = BlockReader(self.server.recipe.find)
        self._streams: list[Stream] = []

    def grow(self, count: int) -> None:
        request = self.server.recipe.subscribe("", "")
        for _ in range(count):
            self._streams.append(Stream(self.audience, self, request))
            self._streams[-1].connect()

    def on_open(self, _arrived_ns: int) -> None:
        self.opened += 1

    def on_block(self, block: bytes, _arrived_ns: int, _read_ns: int) -> None:
        if self._blocks[block].probe is not None:
            self.events += 1

    def on_end(self, reason: str) -> None:
        raise SystemExit(reason)


class Packed(Pumped):
    """Everything that a run accounts for, once a second for Locust's tables, too."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._ledger = Ledger()
        self._feed = Feed(Environment().stats)
        gevent.spawn(self._keep_books)

    @property
    def opened(self) -> int:  # type: ignore[override] # a plain number elsewhere
        return self.audience.live

    @property
    def events(self) -> int:  # type: ignore[override] # as above
        self._collect()
        return self._ledger.deliveries

    def grow(self, count: int) -> None:
        for _ in range(count):
            Subscriber(self.audience).start(0)

    def _keep_books(self) -> None:
        while True:
            gevent.sleep(1)
            self._collect()

    def _collect(self) -> None:
        report = Ledger()
        report.add(self.audience.take())
        self._ledger.merge(report)
        self._feed.add(report)


class Users(Reading):
    """One user of Locust's for each stream."""

    def __init__(self, user: type[User], url: str, **fields: Any) -> None:
        kind = type("Reader", (user,), {"host": url, "reading": self, **fields})
        self._environment = Environment(user_classes=[kind])
        self._runner = self._environment.create_local_runner()

    def grow(self, count: int) -> None:
        wanted = self._runner.user_count + count
        self._runner.start(wanted, spawn_rate=wanted)


class Each(Packed):
    """As Packed, with a user for each stream, as load tests are by default."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._users = Users(OurUser, url, audience=self.audience)

    def grow(self, count: int) -> None:
        self._users.grow(count)


class OurUser(User):
    audience: Audience

    @task
    def follow(self) -> None:
        Subscriber(self.audience).follow(float)  # at once


class Lines:
    """What somebody writes who has lines only: an event is its data, until a blank line."""

    reading: Reading
    environment: Environment
    account = False

    def follow_lines(self, lines: Iterable[str]) -> None:
        self.reading.opened += 1
        data: list[str] = []
        for line in lines:
            if line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif not line and data:
                self.on_event("\n".join(data))
                data.clear()

    def on_event(self, data: str) -> None:
        self.reading.events += 1
        stamp = json.loads(data)["_probe"]
        if self.account:
            self.environment.events.request.fire(
                request_type="SSE",
                name="deliver",
                response_time=(time.time_ns() - stamp["intended"]) / 1e6,
                response_length=len(data),
                exception=None,
                context={},
            )


class RequestsReader(Lines, HttpUser):
    abstract = True

    @task
    def read(self) -> None:
        response = self.client.get("/events", headers=ACCEPT, stream=True)
        self.follow_lines(cast(Iterator[str], response.iter_lines(decode_unicode=True)))


class FastReader(Lines, FastHttpUser):
    abstract = True
    network_timeout = HOUR

    @task
    def read(self) -> None:
        self.follow_lines(self.client.iter_lines("/events", headers=ACCEPT))


class HttpxReader(Lines, User):
    abstract = True
    tls = ssl.create_default_context()  # one for all: each of its own would hold 900 KB

    @task
    def read(self) -> None:
        with (
            httpx.Client(verify=self.tls, timeout=None, trust_env=False) as client,
            connect_sse(client, "GET", f"{self.host}/events") as source,
        ):
            self.reading.opened += 1
            for event in source.iter_sse():
                if event.data:
                    self.on_event(event.data)


def reads(user: type[User]) -> Callable[[str], Reading]:
    return lambda url: Users(user, url)


def accounts(user: type[User]) -> Callable[[str], Reading]:
    return lambda url: Users(user, url, account=True)


CLIENTS: list[Callable[[str], Reading]] = [
    *(PackedReads, Packed, Each),
    *(reads(RequestsReader), accounts(RequestsReader)),
    *(reads(FastReader), accounts(FastReader)),
    *(reads(HttpxReader), accounts(HttpxReader)),
]
WAYS = dict(zip(READERS, CLIENTS, strict=True))


def main(way: str, url: str) -> None:
    """`way` is one of READERS."""
    raise_descriptors()
    reading, wanted = WAYS[way](url), 0
    for command, *words in told():
        match command:
            case "grow":
                wanted += int(words[0])
                reading.grow(int(words[0]))
                with gevent.Timeout(OPEN_SECONDS, SystemExit("not all streams were opened")):
                    while reading.opened < wanted:
                        gevent.sleep(POLL_SECONDS)
                gevent.sleep(SETTLE_SECONDS)
                gc.collect()
                print(reading.opened, flush=True)
            case "count":
                print(reading.events, flush=True)


def told() -> Iterator[list[str]]:
    """Lines of stdin, as words; whoever waits for them lets everybody else go on."""
    for line in FileObject(sys.stdin.fileno(), "r", close=False):
        yield line.split()
