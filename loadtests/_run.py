"""One run, from plan to result: keeps its books, drains, judges. Measures nothing itself."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import RLock
from locust import __version__ as locust_version

from loadtests._course import Course
from loadtests._crew import Crew, Peer
from loadtests._feed import Feed
from loadtests._findings import findings, unstruck
from loadtests._health import Evidence, reasons
from loadtests._ledger import Ledger
from loadtests._limits import open_files
from loadtests._options import Settings
from loadtests._pilot import Pilot
from loadtests._plan import SECOND, Plan
from loadtests._result import SCHEMA, Books, moment
from loadtests._roster import Roster
from loadtests._slo import WHOLE_RUN
from loadtests._tally import OUTSIDE
from loadtests._verdict import verdict
from loadtests._vitals import environment
from loadtests._watch import ServerWatch
from loadtests._wire import Drain, Muster, Report

__all__ = ["Run"]

log = logging.getLogger(__name__)

LEAD_NS = SECOND // 4  # at least, between now and the first probe
LOCAL_LAG_SECONDS, REPORT_LAG_SECONDS = 1.5, 4.5  # until all is told; Locust's workers report every 3 s
MEASURE_EVERY_SECONDS = 60


class Run:
    """A run that has begun, and what Locust shows of it."""

    def __init__(
        self,
        settings: Settings,
        crew: Crew,
        feed: Feed,
        *,
        target: str,
        title: str,
        host: str,
        options: Mapping[str, Any],
        run_time: int,
    ) -> None:
        """`host` and `options` are what workers are told; `target` is where the server is, `title` its name.

        `run_time` ends the run after so many seconds, before its plan does; 0 does not.
        """
        self.id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{settings.scenario.name}-{secrets.token_hex(2)}"
        self.settings = settings
        self.feed = feed
        self.begun = self.over = False
        self.ended = Event()  # set once it is over, for those who only look on
        self.ledger = Ledger()
        self.shown = self.ledger  # or what was counted since somebody last cleared what is shown
        self.document: dict[str, Any] | None = None
        self._target = target
        self._title = title
        self._run_time = run_time
        most, pack = settings.scenario.most_subscribers, settings.subs_per_user
        self._roster = Roster(
            crew, lambda workers: Muster(host, dict(options), -(-most // (pack * max(1, workers))) * pack)
        )
        self._interrupted = False
        self._lock = RLock()
        self._server = ServerWatch(settings.server_pid, settings.server_metrics)
        self._server_seen: dict[int, dict[str, float]] = {}
        self.course = Course.of(settings, self.id, 0, len(crew))
        local = all(peer.id == "local" for peer in crew)
        self.plan = self._planned = self.course.plan
        self._pilot = Pilot(settings, LOCAL_LAG_SECONDS if local else REPORT_LAG_SECONDS)

    def begin(self) -> None:
        """Muster the crew, compare clocks, and start. Raises RefusalError when a worker cannot take part."""
        self._roster.muster()
        begin_ns = _next_second(time.time_ns() + LEAD_NS)
        self.course = Course.of(self.settings, self.id, begin_ns, self._roster.publishers)
        self.plan = self._planned = self._shortened(self.course.plan)
        self._roster.begin(self.id, self.plan)
        self._bookkeeper = gevent.spawn(self._keep_books)
        self.begun = True

    def level(self) -> int | None:
        """How many subscribers there should be now; None when the plan is through."""
        now = max(time.time_ns(), self.plan.begin_ns)
        if (ended := self._pilot.due(self.plan, now)) is not None:
            books = self._books()
            self.plan = self._planned = self._pilot.steer(books, ended, kernel_stamps=self._roster.stamped)
        phase = self.plan.phase_at(now)
        return self._pilot.level(phase) if phase and not self.over else None

    def _shortened(self, plan: Plan) -> Plan:
        """By Locust's --run-time, which is as good a plan as ours."""
        return plan.cut(plan.begin_ns + self._run_time * SECOND) if self._run_time else plan

    def hear(self, worker: str, report: Report) -> None:
        """Take over what a worker has counted."""
        counted = None if self.over else self._roster.hear(worker, report)
        if counted is not None:
            self.ledger.merge(counted)
            if self.shown is not self.ledger:
                self.shown.merge(counted)
            self.feed.add(counted)

    def join(self, peer: Peer) -> None:
        """A worker came late."""
        if not self.over:
            self._roster.join(peer)

    def finish(self, keep: Callable[[dict[str, Any]], None]) -> None:
        """Drain, account, judge, and `keep` the result file's document; once, whoever asks first.

        Waits up to two minutes.
        """
        with self._lock:
            if self.over:
                return
            now = time.time_ns()
            self.plan = self.plan.cut(now)
            if self.settings.scenario.open_end:
                self.plan = self.plan.rename(0, "free", self._books().most_live())
            self._drain(min(now, self.plan.end_ns))
            self._bookkeeper.kill()
            self.over = True
            self.document = self._judge(self._books())
            self.ended.set()
            keep(self.document)

    def clear(self) -> None:
        """Show only what is counted from now on. The result file is of the whole run."""
        self.shown = Ledger()

    def losses(self) -> dict[int, dict[str, int]]:
        """By phase, once that is known."""
        return {phase["id"]: phase["loss"] for phase in self.document["phases"]} if self.document else {}

    def hurry(self) -> None:
        """Wait for nothing more: what there is will be written, and called invalid."""
        self._interrupted = True
        self._roster.hurry()

    def _keep_books(self) -> None:
        while True:
            gevent.sleep(1 - time.time_ns() % SECOND / SECOND)
            second = round(time.time_ns() / SECOND) - 1  # the one that has just ended
            for worker, report in self._roster.collect():
                self.hear(worker, report)
            self._look(second)
            if second % MEASURE_EVERY_SECONDS == 0:
                self._roster.correct()

    def _look(self, second: int) -> None:
        """At the server; what cannot be seen is said once, and counted."""
        unseen = set(self._server.errors)
        self._server_seen[second] = self._server.look(second)
        for reason in self._server.errors.keys() - unseen:
            log.warning("%s: %s", self.settings.server_metrics, reason)

    def _drain(self, now: int) -> None:
        """No more probes; then wait until everybody has everything, or nothing comes any more."""
        published = self._roster.quiesce()
        self._roster.correct()
        for worker, report in self._roster.drain(Drain(now, published)):
            self.hear(worker, report)
        self.ledger.errors.update(self._server.errors)

    def _books(self) -> Books:
        return Books(self.plan, self.course.sources, self.ledger, self._server_seen)

    def _judge(self, books: Books) -> dict[str, Any]:
        found = books.document() | findings(self.settings.scenario, books) | self._pilot.told()
        whole = self._pilot.served(books).whole() | {group: found.get(group) for group in WHOLE_RUN}
        invalid = reasons(self._evidence(books)) + unstruck(books)
        if self._interrupted:
            invalid.append("interrupted while draining: what was still on its way counts as lost")
        return {
            "schema": SCHEMA,
            "run": self._run(),
            "env": environment(
                kernel_stamps=self._roster.stamped, open_files=open_files(), locust=locust_version
            ),
            "workers": self._roster.rows(books),
            "clocks": self._roster.clocks(),
            **found,
            **verdict(self.settings.objectives, whole, found["phases"], invalid),
        }

    def _evidence(self, books: Books) -> Evidence:
        return Evidence(
            phases=self._pilot.accountable(books.evidence()),
            workers=self._roster.evidence(books),
            kernel_stamps=self._roster.stamped,
            negative=self.ledger.counts[OUTSIDE, "negative"],
            deliveries=self.ledger.deliveries,
            stopped_early=books.plan != self._planned and not self.settings.scenario.open_end,
        )

    def _run(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "scenario": self.settings.scenario.name,
            "started": moment(self.plan.begin_ns),
            "duration_s": (self.plan.end_ns - self.plan.begin_ns) / SECOND,
            "seed": self.settings.seed,
            "target": self._target,
            "name": self._title or None,
            "args": dict(self.settings.given),
        }


def _next_second(ns: int) -> int:
    """Phases begin on whole seconds, as the second by second series does."""
    return -(-ns // SECOND) * SECOND
