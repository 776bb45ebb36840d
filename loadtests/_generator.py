"""What one process of a run measures: subscribers, a publisher, and the process itself. Judges nothing."""

import time
from collections.abc import Mapping
from itertools import pairwise
from random import Random

import gevent
from gevent.lock import RLock

from loadtests._audience import Audience
from loadtests._clock import ClockGuard, domain
from loadtests._course import Course
from loadtests._laggard import Laggard
from loadtests._ledger import Ledger, Sample
from loadtests._options import Settings
from loadtests._origin import Origins
from loadtests._pack import Pack
from loadtests._plan import SECOND
from loadtests._probe import Probe
from loadtests._publisher import ANSWER_SECONDS, Publisher
from loadtests._pump import Pump
from loadtests._server import Server
from loadtests._storm import StormError, hook, storms
from loadtests._subscriber import Subscriber
from loadtests._tally import Published
from loadtests._vitals import Vitals
from loadtests._wire import Begin, Drain, Drained, Report, encode_report

__all__ = ["DRAIN_SECONDS", "Generator"]

CONNECTS_PER_SECOND = 500  # a listener's backlog is some hundred; beyond it the kernel makes clients wait
JITTER_SECONDS = 1.0  # Locust starts users once a second, all at once
LATE_SECONDS = 3.0  # that the users of a phase may start after it
QUIET_SECONDS = 1.0  # without any delivery, and a run is taken to have settled
RECONNECT_SECONDS = 10.0  # to wait for those who lost their stream
DRAIN_SECONDS = 30.0
POLL_SECONDS = 0.05
PIECE_SECONDS = 0.001


class Generator:
    """One process's part of one run, from `begin` to `drain`. All times are of its own wall clock."""

    def __init__(self, begin: Begin, settings: Settings, server: Server, *, kernel_stamps: bool) -> None:
        self.run = begin.run
        self.worker = begin.worker
        self.over = False
        self._begin = begin
        self._settings = settings
        self._hurried = False
        self._laggards = 0
        self._lock = RLock()
        self._drained: Drained | None = None
        self._reports = self._recorded = 0
        self._drifts: Mapping[str, int] = {}
        self._ledger = Ledger()
        self._vitals = Vitals()
        self._clock = ClockGuard()
        course = Course.of(settings, begin.run, begin.begin_ns + begin.shift_ns, begin.publishers)
        self._home = domain()
        clocks = zip(course.publishers, begin.domains, begin.shifts, strict=True)
        self._clocks = {source: (name, shift) for sources, name, shift in clocks for source in sources}
        self._foreign = {source for source, (clock, _) in self._clocks.items() if clock != self._home}
        self._audience = Audience(
            run=begin.run,
            plan=course.plan.cut(begin.end_ns + begin.shift_ns),
            sources=course.sources,
            server=server,
            scenario=settings.scenario,
            pump=Pump(patient=kernel_stamps),
            kernel_stamps=kernel_stamps,
            random=Random(f"{settings.seed} {begin.worker}"),
            localize=self._localize,
            foreign=self._foreign,
            origins=Origins(settings.source_ips),
        )
        self._publisher = None
        if begin.publisher is not None:
            sources = course.publishers[begin.publisher]
            self._publisher = Publisher(server, self._audience.plan, sources, begin.run, course.compose)
        self._bookkeeper = gevent.spawn(self._keep_books)
        self._weather = gevent.spawn(storms, self._audience.plan, self._strike)

    def subscriber(self) -> Subscriber | Laggard | Pack:
        """A new one, not yet connected: who comes in a phase with slow readers is one."""
        phase = self._audience.plan.phase_at(time.time_ns())
        if phase is not None and phase.step.slow:
            self._laggards += 1
            return Laggard(self._audience, phase, trickles=self._laggards % 2 == 0)
        if self._settings.subs_per_user == 1:
            return Subscriber(self._audience)
        pack = [Subscriber(self._audience) for _ in range(self._settings.subs_per_user)]
        return Pack(pack, self._audience.over)

    def delay(self) -> float:
        """Seconds that a new subscriber waits, until the plan begins, and so that a level grows evenly.

        Locust looks once a second, and users of another process start later still: that is taken off.
        """
        plan, now = self._audience.plan, time.time_ns()
        levels = (0, *(phase.subscribers for phase in plan.phases))
        step = max(after - before for before, after in pairwise(levels))
        step = self._settings.scenario.most if self._settings.scenario.search else step
        spread = min(max(JITTER_SECONDS, step / CONNECTS_PER_SECOND), plan.phases[0].step.settle / 2)
        phase = plan.phase_at(now)
        late = 0.0 if phase is None else (now - phase.begin_ns) / SECOND
        if late < LATE_SECONDS:  # later, and somebody wanted one user more
            spread = max(spread - late, spread / 4)
        return max(0.0, (plan.begin_ns - now) / SECOND) + self._audience.random.uniform(0, spread)

    def report(self) -> Report:
        """What was counted since the last call."""
        taken, self._ledger = self._ledger, Ledger()
        self._reports += 1
        self._recorded += taken.recorded
        return Report(self.run, taken)

    def correct(self, drifts: Mapping[str, int]) -> None:
        """From now on take other clocks to be that far (ns, by domain) from where they were at the start."""
        self._drifts = drifts

    def quiesce(self) -> dict[str, Published]:
        """Publish nothing more. Waits for the answers that are due; returns what was published."""
        if self._publisher is None:
            return {}
        self._publisher.stop(0 if self._hurried else ANSWER_SECONDS)
        return self._publisher.published()

    def hurry(self) -> None:
        """Wait for nothing more."""
        self._hurried = True

    def drain(self, drain: Drain) -> Drained:
        """Wait until everybody has everything or nothing comes any more, account for it, and part."""
        with self._lock:
            if self._drained is None:
                published = self._nothing | drain.published
                self._settle(published)
                self._part(drain.cut_ns, published)
                report = encode_report(self.report())
                self._drained = Drained(
                    report, self._reports, self._recorded, self._clock.step_us, self._audience.pump.errors
                )
            return self._drained

    def abandon(self) -> None:
        """End without an account: the master is gone, or has begun another run."""
        if not self.over:
            self.hurry()
            self.quiesce()
            self._part(time.time_ns() - self._begin.shift_ns, self._nothing)

    @property
    def _nothing(self) -> dict[str, Published]:
        """Of a publisher that is gone nobody knows what it published, so nobody may expect it."""
        return dict.fromkeys(self._audience.sources, Published(-1))

    def _part(self, cut_ns: int, published: Mapping[str, Published]) -> None:
        gevent.killall([self._bookkeeper, self._weather])
        plan = self._audience.plan.cut(cut_ns + self._begin.shift_ns)
        self._close_second(time.time_ns() // SECOND)
        self._audience.close(plan, published)
        self._collect()
        self._audience.pump.close()
        self.over = True

    def _strike(self) -> None:
        """Cut every stream; or let the first worker do what the user has for it."""
        if not self._settings.storm_hook:
            self._audience.cut()
        elif self.worker == 0:
            try:
                hook(self._settings.storm_hook)
            except StormError as error:
                self._audience.tally.errors[f"storm: {error}"] += 1

    def _keep_books(self) -> None:
        while True:
            gevent.sleep(1 - time.time_ns() % SECOND / SECOND)
            ended = round(time.time_ns() / SECOND) - 1
            self._count()
            self._close_second(ended)

    def _count(self) -> None:
        """Count in small pieces: a probe that is due meanwhile shall not wait for all of it."""
        begun = time.monotonic()
        for _ in self._audience.count():
            if time.monotonic() - begun > PIECE_SECONDS:
                gevent.sleep(PIECE_SECONDS)
                begun = time.monotonic()

    def _close_second(self, second: int) -> None:
        self._clock.check()
        self._ledger.samples.append(Sample(second, self.worker, self._audience.live, *self._vitals.sample()))
        self._collect()

    def _collect(self) -> None:
        tally, workers = self._audience.take(), max(self._begin.publishers, self.worker + 1)
        for rows in tally.shares.values():  # all workers fill up evenly, so this is the order of all together
            rows[:] = [row._replace(order=row.order * workers + self.worker) for row in rows]
        self._ledger.add(tally, self._foreign)
        if self._publisher is not None:
            self._ledger.add(self._publisher.take())

    def _settle(self, published: Mapping[str, Published]) -> None:
        began = time.monotonic()
        while not self._settled(published, time.monotonic() - began):
            gevent.sleep(POLL_SECONDS)

    def _settled(self, published: Mapping[str, Published], waited: float) -> bool:
        audience = self._audience
        if self._hurried or waited > DRAIN_SECONDS or audience.whole(published):
            return True
        quiet = min(waited, (time.time_ns() - audience.heard_ns) / SECOND)
        away = audience.live < sum(bool(member.tracks) for member in audience.members)
        return quiet > QUIET_SECONDS and not (away and waited < RECONNECT_SECONDS)

    def _localize(self, probe: Probe) -> Probe:
        """Another clock's stamps as ours would have read."""
        if probe.source not in self._foreign:
            return probe
        theirs, shift_ns = self._clocks[probe.source]
        ahead_ns = self._begin.shift_ns - shift_ns
        ahead_ns += self._drifts.get(self._home, 0) - self._drifts.get(theirs, 0)
        return probe._replace(intended_ns=probe.intended_ns + ahead_ns, sent_ns=probe.sent_ns + ahead_ns)
