"""The workers of one run: who they are, what was heard of each, what their clocks say. Judges nothing."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from loadtests._admission import RefusalError
from loadtests._clock import domain
from loadtests._crew import Crew, Peer
from loadtests._domains import Domains
from loadtests._generator import DRAIN_SECONDS
from loadtests._health import WorkerEvidence, percentile
from loadtests._ledger import Ledger
from loadtests._plan import SECOND, Plan
from loadtests._publisher import ANSWER_SECONDS
from loadtests._result import Books
from loadtests._tally import Published
from loadtests._verdict import INVALID
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

__all__ = ["Roster"]

log = logging.getLogger(__name__)

MUSTER_SECONDS = 15.0
BEGIN_SECONDS = 10.0
PARTING_SECONDS = 20.0  # for accounts of ten thousand subscribers, on a busy machine
HURRY_SECONDS = 5.0


@dataclass(slots=True)
class Member:
    """A worker of this run, and what has been heard from it."""

    peer: Peer
    mustered: Mustered
    seconds_ahead: int = 0
    reports: int = 0
    recorded: int = 0
    drained: Drained | None = None


class Roster:
    """Everybody or nobody begins; whoever is lost on the way is missed in the end."""

    def __init__(self, crew: Crew, question: Callable[[int], Muster]) -> None:
        """`question` is what each of so many workers is asked first."""
        self.publishers = len(crew)
        self._crew = crew
        self._question = question
        self._members: dict[str, Member] = {}
        self._domains = Domains(domain())
        self._run = ""
        self._plan = Plan(())

    def muster(self) -> None:
        """Ask everybody, and compare clocks. Raises RefusalError when one cannot take part."""
        answers = self._crew.ask(self._question(len(self._crew)), MUSTER_SECONDS)
        for number, (peer, answer) in enumerate(zip(self._crew, answers, strict=True)):
            member = self._members[peer.id] = _mustered(peer, answer)
            log.info("Worker %d: %s", number, _told(member.mustered))
        if not self._members:
            raise RefusalError("there is no worker to run on", INVALID)
        self._measure()

    def begin(self, run: str, plan: Plan) -> None:
        """Start them all. Raises RefusalError when one does not begin, and calls the others off."""
        self._run, self._plan = run, plan
        members = list(self._members.values())
        answers = self._crew.ask(lambda number: self._beginning(number, members[number]), BEGIN_SECONDS)
        try:
            for member, answer in zip(members, answers, strict=True):
                self._began(member, answer)
        except RefusalError:
            for question in (Hurry(), Quiesce(), Drain(time.time_ns(), {})):
                self._crew.ask(question, HURRY_SECONDS)
            raise

    def join(self, peer: Peer) -> None:
        """A worker that came late gets subscribers, but nothing to publish: that is dealt out."""
        if peer.id in self._members:
            return
        try:
            member = _mustered(peer, peer.ask(self._question(len(self._members) + 1), MUSTER_SECONDS))
            self._domains.measure({member.mustered.domain: peer})
            number = len(self._members)
            self._members[peer.id] = member
            self._crew.peers.append(peer)
            self._began(member, peer.ask(self._beginning(number, member), BEGIN_SECONDS))
            log.info("Worker %d came late: %s", number, _told(member.mustered))
        except (RefusalError, TimeoutError) as error:
            log.error("A worker that came late cannot take part: %s", error)

    def hear(self, worker: str, report: Report) -> Ledger | None:
        """What a worker has counted, by our clock; of another run, or of a stranger, it is nothing to us."""
        member = self._members.get(worker)
        if member is None or report.run != self._run:
            return None
        member.reports += 1
        member.recorded += report.ledger.recorded
        if not member.seconds_ahead:
            return report.ledger
        found = Ledger()
        found.merge(report.ledger, member.seconds_ahead)
        return found

    def collect(self) -> Iterator[tuple[str, Report]]:
        """Reports that do not come by themselves."""
        for peer in self._crew:
            if (report := peer.collect()) is not None:
                yield peer.id, report

    def correct(self) -> None:
        """Compare clocks again, where there are several."""
        if len(self._domains) > 1:
            self._measure()
            self._crew.ask(Correct(self._domains.drifts()), HURRY_SECONDS)

    def hurry(self) -> None:
        """Wait for nothing more."""
        self._crew.ask(Hurry(), HURRY_SECONDS)

    def quiesce(self) -> dict[str, Published]:
        """Nobody publishes any more: what each source has published."""
        published: dict[str, Published] = {}
        for answer in self._crew.ask(Quiesce(), ANSWER_SECONDS + HURRY_SECONDS):
            if isinstance(answer, Quiesced):
                published |= answer.published
        return published

    def drain(self, drain: Drain) -> Iterator[tuple[str, Report]]:
        """Everybody's last report."""
        answers = self._crew.ask(drain, DRAIN_SECONDS + PARTING_SECONDS)
        for peer, answer in zip(self._crew, answers, strict=True):
            if isinstance(answer, Drained):
                self._members[peer.id].drained = answer
                yield peer.id, decode_report(answer.last)

    @property
    def stamped(self) -> bool:
        """By the kernel, everywhere."""
        return all(member.mustered.kernel_stamps for member in self._members.values())

    def evidence(self, books: Books) -> list[WorkerEvidence]:
        """What speaks for and against each of them."""
        return [_testimony(number, member, books) for number, member in enumerate(self._members.values())]

    def rows(self, books: Books) -> list[dict[str, Any]]:
        """The `workers` of the result file."""
        return [self._row(number, member, books) for number, member in enumerate(self._members.values())]

    def clocks(self) -> dict[str, int]:
        """The `clocks` of the result file."""
        return {"domains": len(self._domains), "bound_us": -(-self._domains.bound_ns() // 1000)}

    def _measure(self) -> None:
        try:
            self._domains.measure({member.mustered.domain: member.peer for member in self._members.values()})
        except TimeoutError as error:
            raise RefusalError(str(error), INVALID) from error

    def _beginning(self, number: int, member: Member) -> Begin:
        domains = [each.mustered.domain for each in self._members.values()][: self.publishers]
        return Begin(
            run=self._run,
            begin_ns=self._plan.begin_ns,
            end_ns=self._plan.end_ns,
            worker=number,
            publisher=number if number < self.publishers else None,
            publishers=self.publishers,
            shift_ns=self._domains.shift_ns(member.mustered.domain),
            domains=domains,
            shifts=[self._domains.shift_ns(name) for name in domains],
        )

    def _began(self, member: Member, answer: object) -> None:
        if not isinstance(answer, Done):
            raise RefusalError(f"worker {member.peer.id} did not begin", INVALID)
        member.seconds_ahead = round(self._domains.shift_ns(member.mustered.domain) / SECOND)

    def _row(self, number: int, member: Member, books: Books) -> dict[str, Any]:
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


def _mustered(peer: Peer, answer: object) -> Member:
    match answer:
        case Mustered():
            return Member(peer, answer)
        case Refused():
            who = "" if peer.id == "local" else f"{peer.id}: "
            raise RefusalError(f"{who}{answer.message}", answer.code)
    raise RefusalError(
        f"worker {peer.id} does not answer: start it with `-f loadtests/` of the same version", INVALID
    )


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
