"""One run, from plan to result: musters workers, keeps the books, drains, judges. Measures nothing itself."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import RLock
from locust import __version__ as locust_version

from loadtests._admission import RefusalError
from loadtests._clock import domain
from loadtests._course import Course
from loadtests._crew import Crew, Peer
from loadtests._domains import Domains
from loadtests._feed import Feed
from loadtests._findings import findings, unstruck
from loadtests._generator import DRAIN_SECONDS
from loadtests._health import Evidence, WorkerEvidence, percentile, reasons
from loadtests._ledger import Ledger
from loadtests._limits import open_files
from loadtests._options import Settings
from loadtests._pilot import Pilot
from loadtests._plan import Plan
from loadtests._publisher import ANSWER_SECONDS
from loadtests._result import SCHEMA, Books, moment
from loadtests._slo import WHOLE_RUN
from loadtests._tally import OUTSIDE, Published
from loadtests._verdict import INVALID, verdict
from loadtests._vitals import environment
from loadtests._watch import ServerWatch
from loadtests._wire import (
    Begin,
    Correct,
    Done,
    Drain,
    Drained,
    Hurry,
    Muster,
    Mustered,
    Quiesce,
    Quiesced,
    Refused,
    Report,
    decode_report,
)

__all__ = ["Run"]

log = logging.getLogger(__name__)

SECOND = 1_000_000_000
LEAD_NS = SECOND // 4  # at least, between now and the first probe
MUSTER_SECONDS = 15.0
BEGIN_SECONDS = 10.0
PARTING_SECONDS = 20.0  # for accounts of ten thousand subscribers, on a busy machine
HURRY_SECONDS = 5.0
LOCAL_LAG_SECONDS, REPORT_LAG_SECONDS = 1.5, 4.5  # until all is told; Locust's workers report every 3 s
MEASURE_EVERY_SECONDS = 60


@dataclass(slots=True)
class Member:
    """A worker of this run, and what has been heard from it."""

    peer: Peer
    mustered: Mustered
    seconds_ahead: int = 0
    reports: int = 0
    recorded: int = 0
    drained: Drained | None = None


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
        self.shown = Ledger()  # the same, since somebody last cleared what is shown
        self.document: dict[str, Any] | None = None
        self._target = target
        self._title = title
        self._host = host
        self._run_time = run_time
        self._options = dict(options)
        self._crew = crew
        self._interrupted = False
        self._lock = RLock()
        self._server = ServerWatch(settings.server_pid, settings.server_metrics)
        self._server_seen: dict[int, dict[str, float]] = {}
        self._domains = Domains(domain())
        self._members: dict[str, Member] = {}
        self._publishers = 0
        self.course = Course.of(settings, self.id, 0, len(crew))
        local = all(peer.id == "local" for peer in crew)
        self.plan = self._planned = self.course.plan
        self._pilot = Pilot(settings, LOCAL_LAG_SECONDS if local else REPORT_LAG_SECONDS)

    def begin(self) -> None:
        """Muster the crew, compare clocks, and start. Raises RefusalError when a worker cannot take part."""
        self._members = self._muster()
        self._publishers = len(self._members)
        self._measure()
        begin_ns = _next_second(time.time_ns() + LEAD_NS)
        self.course = Course.of(self.settings, self.id, begin_ns, self._publishers)
        self.plan = self._planned = self._shortened(self.course.plan)
        try:
            self._start()
        except RefusalError:
            self._call_off()
            raise
        self._bookkeeper = gevent.spawn(self._keep_books)
        self.begun = True

    def level(self) -> int | None:
        """How many subscribers there should be now; None when the plan is through."""
        now = max(time.time_ns(), self.plan.begin_ns)
        if (ended := self._pilot.due(self.plan, now)) is not None:
            books = self._books()
            self.plan = self._planned = self._pilot.steer(books, ended, kernel_stamps=self._stamped)
        phase = self.plan.phase_at(now)
        return self._pilot.level(phase) if phase and not self.over else None

    def _shortened(self, plan: Plan) -> Plan:
        """By Locust's --run-time, which is as good a plan as ours."""
        return plan.cut(plan.begin_ns + self._run_time * SECOND) if self._run_time else plan

    def hear(self, worker: str, report: Report) -> None:
        """Take over what a worker has counted; of another run, or of a stranger, it is nothing to us."""
        member = self._members.get(worker)
        if member is None or report.run != self.id or self.over:
            return
        member.reports += 1
        member.recorded += report.ledger.recorded
        delta = report.ledger
        if member.seconds_ahead:
            delta = Ledger()
            delta.merge(report.ledger, member.seconds_ahead)
        self.ledger.merge(delta)
        self.shown.merge(delta)
        self.feed.add(delta)

    def join(self, peer: Peer) -> None:
        """A worker that came late gets subscribers, but nothing to publish: that is dealt out."""
        if self.over or peer.id in self._members:
            return
        try:
            question = self._question(len(self._members) + 1)
            member = self._mustered(peer, peer.ask(question, MUSTER_SECONDS))
            self._domains.measure({member.mustered.domain: peer})
            number = len(self._members)
            self._members[peer.id] = member
            self._crew.peers.append(peer)
            self._began(member, peer.ask(self._beginning(number, member), BEGIN_SECONDS))
            log.info("Worker %d came late: %s", number, _told(member.mustered))
        except (RefusalError, TimeoutError) as error:
            log.error("A worker that came late cannot take part: %s", error)

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
        self._crew.ask(Hurry(), HURRY_SECONDS)

    def _muster(self) -> dict[str, Member]:
        """Everybody or nobody: a run that is short of a worker would measure something else."""
        answers = self._crew.ask(self._question(len(self._crew)), MUSTER_SECONDS)
        found = {
            peer.id: self._mustered(peer, answer) for peer, answer in zip(self._crew, answers, strict=True)
        }
        if not found:
            raise RefusalError("there is no worker to run on", INVALID)
        for number, member in enumerate(found.values()):
            log.info("Worker %d: %s", number, _told(member.mustered))
        return found

    def _question(self, workers: int) -> Muster:
        most = self.settings.scenario.most_subscribers
        pack = self.settings.subs_per_user
        return Muster(self._host, self._options, -(-most // (pack * max(1, workers))) * pack)

    def _mustered(self, peer: Peer, answer: object) -> Member:
        match answer:
            case Mustered():
                return Member(peer, answer)
            case Refused():
                raise RefusalError(
                    answer.message if peer.id == "local" else f"{peer.id}: {answer.message}", answer.code
                )
        raise RefusalError(
            f"worker {peer.id} does not answer: start it with `-f loadtests/` of the same version", INVALID
        )

    def _measure(self) -> None:
        try:
            self._domains.measure({member.mustered.domain: member.peer for member in self._members.values()})
        except TimeoutError as error:
            raise RefusalError(str(error), INVALID) from error

    def _start(self) -> None:
        members = list(self._members.values())
        beginnings = [self._beginning(number, member) for number, member in enumerate(members)]
        answers = self._crew.ask(lambda number: beginnings[number], BEGIN_SECONDS)
        for member, answer in zip(members, answers, strict=True):
            self._began(member, answer)

    def _call_off(self) -> None:
        """Whoever has begun already ends without an account."""
        for question in (Hurry(), Quiesce(), Drain(time.time_ns(), {})):
            self._crew.ask(question, HURRY_SECONDS)

    def _beginning(self, number: int, member: Member) -> Begin:
        domains = [each.mustered.domain for each in self._members.values()][: self._publishers]
        return Begin(
            run=self.id,
            begin_ns=self.plan.begin_ns,
            end_ns=self.plan.end_ns,
            worker=number,
            publisher=number if number < self._publishers else None,
            publishers=self._publishers,
            shift_ns=self._domains.shift_ns(member.mustered.domain),
            domains=domains,
            shifts=[self._domains.shift_ns(name) for name in domains],
        )

    def _began(self, member: Member, answer: object) -> None:
        if not isinstance(answer, Done):
            raise RefusalError(f"worker {member.peer.id} did not begin", INVALID)
        member.seconds_ahead = round(self._domains.shift_ns(member.mustered.domain) / SECOND)

    def _keep_books(self) -> None:
        while True:
            gevent.sleep(1 - time.time_ns() % SECOND / SECOND)
            second = round(time.time_ns() / SECOND) - 1  # the one that has just ended
            self._collect()
            self._look(second)
            if len(self._domains) > 1 and second % MEASURE_EVERY_SECONDS == 0:
                self._correct()

    def _look(self, second: int) -> None:
        """At the server; what cannot be seen is said once, and counted."""
        unseen = set(self._server.errors)
        self._server_seen[second] = self._server.look(second)
        for reason in self._server.errors.keys() - unseen:
            log.warning("%s: %s", self.settings.server_metrics, reason)

    def _collect(self) -> None:
        for peer in self._crew:
            if (report := peer.collect()) is not None:
                self.hear(peer.id, report)

    def _correct(self) -> None:
        self._measure()
        self._crew.ask(Correct(self._domains.drifts()), HURRY_SECONDS)

    def _drain(self, now: int) -> None:
        """No more probes; then wait until everybody has everything, or nothing comes any more."""
        published: dict[str, Published] = {}
        for answer in self._crew.ask(Quiesce(), ANSWER_SECONDS + HURRY_SECONDS):
            if isinstance(answer, Quiesced):
                published |= answer.published
        if len(self._domains) > 1:
            self._correct()
        drain, seconds = Drain(now, published), DRAIN_SECONDS + PARTING_SECONDS
        for peer, answer in zip(self._crew, self._crew.ask(drain, seconds), strict=True):
            member = self._members[peer.id]
            if isinstance(answer, Drained):
                member.drained = answer
                self.hear(peer.id, decode_report(answer.last))
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
            "env": environment(kernel_stamps=self._stamped, open_files=open_files(), locust=locust_version),
            "workers": [
                self._worker(number, member, books) for number, member in enumerate(self._members.values())
            ],
            "clocks": {
                "domains": len(self._domains),
                "bound_us": -(-self._domains.bound_ns() // 1000),
            },
            **found,
            **verdict(self.settings.objectives, whole, found["phases"], invalid),
        }

    @property
    def _stamped(self) -> bool:
        """By the kernel, everywhere."""
        return all(member.mustered.kernel_stamps for member in self._members.values())

    def _evidence(self, books: Books) -> Evidence:
        return Evidence(
            phases=self._pilot.accountable(books.evidence()),
            workers=[
                _testimony(number, member, books) for number, member in enumerate(self._members.values())
            ],
            kernel_stamps=self._stamped,
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

    def _worker(self, number: int, member: Member, books: Books) -> dict[str, Any]:
        offset = self._domains.offset(member.mustered.domain)
        return {
            "id": member.peer.id,
            "index": number,
            "host": member.mustered.host,
            "domain": member.mustered.domain,
            "offset_us": offset.ns // 1000,
            "offset_bound_us": -(-offset.bound_ns // 1000),
            "kts": member.mustered.kernel_stamps,
            "ulimit_n": member.mustered.open_files,
            "cpu_p95": round(percentile(books.cpu_percent(number), 95), 1),
            "rss_mb": books.rss_mb(number),
            "reported": member.drained is not None,
        }


def _told(mustered: Mustered) -> str:
    by = "the kernel" if mustered.kernel_stamps else "this process"
    ports = f"{mustered.ports:,} ports to an address, " if mustered.ports else ""
    return f"{mustered.host}, up to {mustered.open_files:,} open files, {ports}arrivals timed by {by}"


def _testimony(number: int, member: Member, books: Books) -> WorkerEvidence:
    drained = member.drained
    return WorkerEvidence(
        name=f"worker {number}",
        cpu_percent=books.cpu_percent(number),
        drained=drained is not None,
        lost=drained.reports - member.reports if drained else 0,
        unheard=drained.recorded - member.recorded if drained else 0,
        clock_step_us=drained.clock_step_us if drained else 0,
        pump_errors=drained.pump_errors if drained else 0,
    )


def _next_second(ns: int) -> int:
    """Phases begin on whole seconds, as the second by second series does."""
    return -(-ns // SECOND) * SECOND
