"""One run, from plan to result: starts what measures, keeps the books once a second, drains, judges."""

import secrets
import time
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

import gevent
from gevent.lock import RLock
from locust import __version__ as locust_version

from loadtests._audience import OUTSIDE, Audience, Published
from loadtests._endpoint import Endpoint
from loadtests._feed import Feed
from loadtests._health import Evidence, percentile, reasons
from loadtests._ledger import Ledger, Sample
from loadtests._limits import open_files
from loadtests._options import Settings
from loadtests._plan import Plan
from loadtests._probe import source_name
from loadtests._publisher import ANSWER_SECONDS, Publisher
from loadtests._pump import Pump, kernel_stamps_work
from loadtests._result import SCHEMA, Books, moment
from loadtests._schedule import Schedule
from loadtests._subscriber import Subscriber
from loadtests._verdict import verdict
from loadtests._vitals import ClockGuard, Vitals, domain, environment

__all__ = ["Run"]

SECOND = 1_000_000_000
LEAD_NS = SECOND // 4  # at least, between now and the first probe
CONNECTS_PER_SECOND = 500  # a listener's backlog is some hundred; beyond it the kernel makes clients wait
JITTER_SECONDS = 1.0  # Locust starts users once a second, all at once
QUIET_SECONDS = 1.0  # without any delivery, and a run is taken to have settled
RECONNECT_SECONDS = 10.0  # to wait for those who lost their stream
DRAIN_SECONDS = 30.0
POLL_SECONDS = 0.05


def _next_second(ns: int) -> int:
    """Phases begin on whole seconds, as the second by second series does."""
    return -(-ns // SECOND) * SECOND


class Run:
    """A run that has begun, and what Locust shows of it."""

    def __init__(self, settings: Settings, endpoint: Endpoint, feed: Feed) -> None:
        scenario = settings.scenario
        self.id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{scenario.name}-{secrets.token_hex(2)}"
        self.plan = Plan.of(scenario, _next_second(time.time_ns() + LEAD_NS))
        self.settings = settings
        self.feed = feed
        self.over = False
        self._interrupted = False
        self._lock = RLock()
        self._ledger = Ledger()
        self._vitals = Vitals(settings.server_pid)
        self._clock = ClockGuard()
        source = source_name(self.id, 0)
        schedule = Schedule(self.plan.begin_ns, self.plan.end_ns, scenario.pub_rate)
        self._audience = Audience(
            run=self.id,
            plan=self.plan,
            sources={source: schedule},
            endpoint=endpoint,
            pump=Pump(),
            kernel_stamps=kernel_stamps_work(),
            random=Random(settings.seed),
        )
        self._publisher = Publisher(endpoint, self.plan, schedule, self.id, source)
        self._bookkeeper = gevent.spawn(self._keep_books)

    def level(self) -> int | None:
        """How many subscribers there should be now; None when the plan is through."""
        now = max(time.time_ns(), self.plan.begin_ns)
        phase = self.plan.phase_at(now)
        return phase.subscribers if phase and not self.over else None

    def subscriber(self) -> Subscriber:
        """A new one, not yet connected."""
        return Subscriber(self._audience)

    def delay(self) -> float:
        """Seconds that a new subscriber waits, until the plan begins, and so that a level grows evenly."""
        levels = (0, *self.settings.scenario.levels)
        step = max(after - before for before, after in pairwise(levels))
        spread = min(max(JITTER_SECONDS, step / CONNECTS_PER_SECOND), self.settings.scenario.settle / 2)
        begins = max(0.0, (self.plan.begin_ns - time.time_ns()) / SECOND)
        return begins + self._audience.random.uniform(0, spread)

    def finish(self) -> dict[str, Any] | None:
        """Drain, account and judge: the result file's document; None for whoever asks once it is over.

        Waits up to a minute.
        """
        with self._lock:
            if self.over:
                return None
            plan = self.plan.cut(time.time_ns())
            published = self._drain()
            self._bookkeeper.kill()
            self._close_second(time.time_ns() // SECOND)
            self._audience.close(plan, published)
            self._collect()
            self._audience.pump.close()
            self.over = True
            return self._judge(Books(plan, self._audience.sources, self._ledger))

    def _keep_books(self) -> None:
        while True:
            gevent.sleep(1 - time.time_ns() % SECOND / SECOND)
            self._close_second(round(time.time_ns() / SECOND) - 1)  # the one that has just ended

    def _close_second(self, second: int) -> None:
        self._clock.check()
        own, server = self._vitals.sample()
        self._ledger.samples.append(Sample(second, self._audience.live, *own, *(server or ())))
        self._collect()

    def _collect(self) -> None:
        for tally in (self._audience.take(), self._publisher.take()):
            self._ledger.add(tally)
            self.feed.add(tally)

    def hurry(self) -> None:
        """Wait for nothing more: what there is will be written, and called invalid."""
        self._interrupted = True

    def _drain(self) -> dict[str, Published]:
        """No more probes; then wait until everybody has everything, or nothing comes any more."""
        self._publisher.stop(0 if self._interrupted else ANSWER_SECONDS)
        began = time.monotonic()
        while not self._settled(time.monotonic() - began):
            gevent.sleep(POLL_SECONDS)
        return self._published()

    def _published(self) -> dict[str, Published]:
        (source,) = self._audience.sources
        return {source: Published(self._publisher.final, frozenset(self._publisher.unconfirmed))}

    def _settled(self, waited: float) -> bool:
        audience = self._audience
        if self._interrupted or waited > DRAIN_SECONDS or audience.whole(self._published()):
            return True
        quiet = min(waited, (time.time_ns() - audience.heard_ns) / SECOND)
        away = audience.live < sum(bool(member.tracks) for member in audience.members)
        return quiet > QUIET_SECONDS and not (away and waited < RECONNECT_SECONDS)

    def _judge(self, books: Books) -> dict[str, Any]:
        found = books.document()
        invalid = reasons(self._evidence(books))
        if self._interrupted:
            invalid.append("interrupted while draining: what was still on its way counts as lost")
        return {
            "schema": SCHEMA,
            "run": self._run(books.plan),
            "env": environment(
                kernel_stamps=self._audience.kernel_stamps, open_files=open_files(), locust=locust_version
            ),
            "workers": [self._worker(books)],
            **found,
            **verdict(self.settings.objectives, books.whole(), found["phases"], invalid),
        }

    def _evidence(self, books: Books) -> Evidence:
        return Evidence(
            phases=books.evidence(),
            kernel_stamps=self._audience.kernel_stamps,
            cpu_percent=books.cpu_percent(),
            clock_step_us=self._clock.step_us,
            negative=self._ledger.counts[OUTSIDE, "negative"],
            deliveries=self._ledger.deliveries,
            pump_errors=self._audience.pump.errors,
            stopped_early=books.plan != self.plan,
        )

    def _run(self, plan: Plan) -> dict[str, Any]:
        return {
            "id": self.id,
            "scenario": self.settings.scenario.name,
            "started": moment(plan.begin_ns),
            "duration_s": (plan.end_ns - plan.begin_ns) / SECOND,
            "seed": self.settings.seed,
            "target": self._audience.endpoint.base,
            "args": dict(self.settings.given),
        }

    def _worker(self, books: Books) -> dict[str, Any]:
        """The one process that there is, in the shape of many."""
        return {
            "id": "local",
            "index": 0,
            "domain": domain(),
            "offset_us": 0,
            "offset_bound_us": 0,
            "cpu_p95": round(percentile(books.cpu_percent(), 95), 1),
            "rss_mb": round(max((sample.rss_mb for sample in self._ledger.samples), default=0)),
            "reported": True,
        }
