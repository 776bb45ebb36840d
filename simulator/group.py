"""Devices of one kind at one site, from the schedule's samples to readings with their faults. Does no I/O.

Everything it yields is a pure function of (seed, device, time), so what an outage held back, or what
came before the run, is read again by a second group over the same devices.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .device_clock import DeviceClocks
from .effects import Distortion, Hit, show, shuts_down
from .faults import KINDS, MESSAGE_KINDS, Fault
from .plan import GroupPlan, Profile, Span
from .postponed import TICK, Postponed, Rows
from .process import DAY, Process, grid_for
from .rng import Ints, Keys
from .schedule import NEVER, Due, Schedule
from .sensors import Sensors
from .timeline import Episode, timeline_of
from .upsets import TimelineUpsets

__all__ = ["Group", "longest_delay"]


class _Outage(NamedTuple):
    """An episode of `offline`, ordered so that the largest is the one that delivers what several cover."""

    end: int
    minus_start: int


class Group:
    """The devices of a plan from `begin` to `end` (default: the run's); with `outage`, what it held back."""

    def __init__(
        self,
        plan: GroupPlan,
        span: Span,
        *,
        begin: int | None = None,
        end: int | None = None,
        outage: _Outage | None = None,
    ) -> None:
        profile, keys = plan.profile, Keys(plan.seed, plan.ids)
        self.plan, self._span, self._outage = plan, span, outage
        self._keys, self.hashes = keys, keys.hashes
        params = {name: spread.draw(keys.stream(f"param.{name}")) for name, spread in profile.params.items()}
        self._model = profile.model(keys, params)
        self._dt = grid_for(profile.every)
        self._process = Process(self._model, plan.site, self._dt)
        self._sensors = Sensors(profile.sensors, keys)
        self._distortion = Distortion(profile.sensors, keys)
        self._clocks = DeviceClocks(profile.clock, keys)
        self._begin = span.origin if begin is None else begin
        last = span.end if end is None else end
        self._schedule = Schedule(
            keys, profile.every, profile.jitter, self._begin, last, aligned=profile.aligned, duty=profile.duty
        )
        self._zero = self._schedule.first_at(span.origin)
        self._befall()
        self._cell: int | None = None
        self._last = np.full((len(profile.sensors), len(plan.ids)), np.nan)
        self._last_sample = np.full(len(plan.ids), -1)
        self._held: dict[Episode, float] = {}
        self._away: dict[_Outage, Counter[int]] = {}  # samples of each device that wait for its end
        self._postponed = Postponed()
        self._seen: set[Episode] = set()
        self.happened: list[Episode] = []
        self.held = 0  # samples that wait for the end of an outage
        self._given: dict[_Outage, set[int]] = {}  # outages that are just over, and whose backlogs are given

    def inject(self, fault: Fault) -> None:
        """Let one more fault befall the devices; it must begin after all that was due (`begin_of`)."""
        self.plan = replace(self.plan, faults=(*self.plan.faults, fault))
        self._befall()
        begin = self._span.start + (fault.at or 0)
        if KINDS[fault.kind].level == "process" and (self._cell or 0) * self._dt * 1000 >= begin:
            self._cell = None  # `prepare` has gone beyond its beginning: step there anew

    def _befall(self) -> None:
        plan, upset_by = self.plan, self.plan.profile.model.upset_by
        if upsets := tuple(fault for fault in plan.faults if fault.kind in upset_by):
            told = timeline_of(replace(plan, faults=upsets), self._span)
            self._model.upsets = TimelineUpsets(told, len(plan.ids))
        self._timeline = timeline_of(plan, self._span)
        self._remembers = any(fault.kind == "stuck" for fault in plan.faults)

    def next(self) -> int:
        """When something is due next, in ms UTC; NEVER after the end."""
        return min(self._schedule.next(), self._arriving())

    @property
    def running(self) -> bool:
        """Whether more samples will come."""
        return self._schedule.next() < NEVER

    def prepare(self) -> None:
        """Warm up for the first sample, which takes a while, before a clock runs."""
        if self.running:
            self._seek(self._schedule.next() // (self._dt * 1000))

    def due(self, until: int) -> Iterator[Rows]:
        """All rows that are due by `until`, at most one of each device at a time."""
        while (first := self._schedule.next()) <= until:
            yield from self._arrived(first)
            cell = first // (self._dt * 1000)
            due = self._schedule.take(min(until, (cell + 1) * self._dt * 1000 - 1, self._arriving() - 1))
            self._seek(cell)
            if len((rows := self._read(due)).device):
                yield rows
        yield from self._arrived(until)

    def rest(self) -> Iterator[Rows]:
        """All rows to the end, which must be set."""
        yield from self.due(NEVER - 1)

    def release(self) -> Iterator[Rows]:
        """What outages and a slow network hold back at the end of the run."""
        yield from self._arrived(NEVER)

    def _seek(self, cell: int) -> None:
        day = cell * self._dt // DAY
        if self._cell is None or self._cell * self._dt // DAY != day:
            self._sensors.reset(self._process.begin_day(day))
            self._cell = day * DAY // self._dt
        while self._cell < cell:
            self._sensors.follow(self._process.advance(), self._dt)
            self._cell += 1

    def _read(self, due: Due) -> Rows:
        t = int(due.ts[0]) // 1000
        values = self._sensors.read(due.device, due.sample, t - t % self._dt)
        margin = 2 * self.plan.profile.jitter
        episodes = self._timeline.overlapping(int(due.ts[0]) - margin, int(due.ts[-1]) + margin + 1)
        hits = self._hits(episodes, due)
        if episodes:
            self._distortion.apply(values, hits, due)
        for index, sensor in enumerate(self._sensors.sensors):
            values[index] = sensor.finish(values[index])
        if episodes:
            show(values, hits, self._hold)
        if self._remembers:
            self._last[:, due.device], self._last_sample[due.device] = values, due.sample
        seq, ts = due.sample - self._zero.take(due.device), self._clocks.stamp(due.device, due.ts)
        rows = Rows(due.device, seq, ts, due.ts, values, self._outage is not None)
        return self._sent(rows, hits, due) if episodes else rows

    def _sent(self, rows: Rows, hits: dict[str, list[Hit]], due: Due) -> Rows:
        """The rows that leave their devices and arrive at once."""
        off = {hit.row for hit in hits["reboot"]}
        off |= {hit.row for hit in hits["battery_low"] if shuts_down(hit, due, self._keys)}
        at_once = [row for row in self._kept(hits["offline"], due, off).tolist() if row not in off]
        if self._outage is None and any(hits[kind] for kind in MESSAGE_KINDS):
            at_once = self._carried(rows, hits, due, at_once)
        return rows.take(np.array(at_once, dtype=np.int64))

    def _carried(self, rows: Rows, hits: dict[str, list[Hit]], due: Due, sent: list[int]) -> list[int]:
        """Of the rows that were sent, those that the network hands over at once."""
        away = set(range(len(rows.device))) - set(sent)
        for kind in MESSAGE_KINDS:
            for hit in hits[kind]:
                chance, size = self._timeline.chance(hit.episode, int(due.sample[hit.row]))
                if hit.row in away or chance >= hit.episode.fault.p:
                    continue
                later = self._later(hit, int(due.ts[hit.row]), size)
                if later is not None:
                    self._postponed.put(rows, hit.row, later)
                if kind != "duplicate":
                    away.add(hit.row)
                self._tell(hit.episode, due, hit.row, int(rows.seq[hit.row]), later)
        return [row for row in sent if row not in away]

    def _later(self, hit: Hit, sent: int, size: float) -> int | None:
        """When a message (or its second copy) arrives that was sent then; None: never."""
        fault = hit.episode.fault
        match fault.kind:
            case "delay":
                return sent + round(fault.by * (0.5 + size))
            case "duplicate":
                return sent + fault.by
            case "reorder":
                profile = self.plan.profile
                return sent + (1 + int(3 * size)) * profile.longest_pause + 2 * profile.jitter + 1
        return None

    def _tell(self, episode: Episode, due: Due, row: int, seq: int, later: int | None) -> None:
        start = int(due.base[row])
        end = start + 1 if later is None else later
        self.happened.append(episode._replace(start=start, end=end, seq=seq))

    def _hits(self, episodes: list[Episode], due: Due) -> dict[str, list[Hit]]:
        """Which episodes befall which rows, by kind; what is seen for the first time goes to `happened`."""
        hits: dict[str, list[Hit]] = {kind: [] for kind in KINDS}
        if not episodes:
            return hits
        row_of = np.full(len(self.plan.ids), -1)
        row_of[due.device] = np.arange(len(due.device))
        for episode in episodes:
            row = int(row_of[episode.device])
            if row >= 0 and episode.start <= due.base[row] < episode.end:
                hits[episode.fault.kind].append(Hit(episode, row))
                if episode not in self._seen:
                    self._seen.add(episode)
                    self.happened.append(episode)
        return hits

    def _hold(self, episode: Episode) -> float:
        """What a stuck sensor shows: its last printed reading before the fault began."""
        if episode.fault.value is not None:
            return episode.fault.value
        if episode not in self._held:
            self._held[episode] = self._before(episode)
        return self._held[episode]

    def _before(self, episode: Episode) -> float:
        """The reading before an episode: remembered, or (the run began in its midst) read again."""
        sample = int(self._schedule.first_at(episode.start)[episode.device]) - 1
        if self._last_sample[episode.device] == sample:
            return float(self._last[episode.sensor, episode.device])
        begin = episode.start - self.plan.profile.longest_pause
        earlier = self._again([episode.device], begin, episode.start)
        for _ in earlier.rest():
            pass
        return float(earlier._last[episode.sensor, 0])

    def _kept(self, hits: list[Hit], due: Due, off: set[int]) -> Ints:
        """The rows that leave the device now (or, for a backlog, that this outage has held back)."""
        owners: dict[int, _Outage | None] = {}
        for episode, row in hits:
            outage = _Outage(episode.end, -episode.start)
            lost = episode.fault.deliver == "lost" or owners.get(row, outage) is None
            owners[row] = None if lost else max(outage, owners.get(row) or outage)
        if self._outage is not None:
            return np.array([row for row, owner in owners.items() if owner == self._outage], dtype=np.int64)
        for row, owner in owners.items():
            device = int(due.device[row])
            # by jitter a sample may come when the backlog that has it was given
            if owner is not None and row not in off and device not in self._given.get(owner, ()):
                self._away.setdefault(owner, Counter())[device] += 1
                self.held += 1
        return np.setdiff1d(np.arange(len(due.device)), np.array(list(owners), dtype=np.int64))

    def _arriving(self) -> int:
        """When an outage ends, or a message arrives that was held up; NEVER if there is none."""
        return min(self._postponed.next(NEVER), min(self._away, default=_Outage(NEVER, 0)).end)

    def _arrived(self, until: int) -> Iterator[Rows]:
        """What outages that are over by `until` have held back, read again, and what the network has."""
        while (moment := self._arriving()) <= until and moment < NEVER:
            yield from self._backlog(moment)
            yield from self._postponed.due(moment)

    def _backlog(self, until: int) -> Iterator[Rows]:
        for outage in sorted(outage for outage in self._away if outage.end <= until):
            waiting = self._away.pop(outage)
            devices = sorted(waiting)
            self.held -= waiting.total()
            just = until - 2 * self.plan.profile.jitter
            self._given = {each: who for each, who in self._given.items() if each.end >= just}
            self._given.setdefault(outage, set()).update(devices)
            begin = max(-outage.minus_start, self._span.origin)
            again = self._again(devices, begin, outage.end, outage)
            for rows in again.rest():
                at = np.full_like(rows.ts, outage.end)
                yield rows._replace(device=np.array(devices)[rows.device], at=at)

    def _again(self, devices: Sequence[int], begin: int, end: int, outage: _Outage | None = None) -> "Group":
        plan = replace(self.plan, ids=tuple(self.plan.ids[device] for device in devices))
        if self._span.end is not None:
            end = min(end, self._span.end)
        return Group(plan, self._span, begin=begin, end=end, outage=outage)


def longest_delay(fault: Fault, profile: Profile) -> int:
    """By how many ms at most a message arrives later than it was sent: the bound of `Group._later`."""
    match fault.kind:
        case "delay":
            return math.ceil(fault.by * 1.5) + TICK
        case "duplicate":
            return fault.by + TICK
        case "reorder":
            return 3 * profile.longest_pause + 2 * profile.jitter + 1 + TICK
    return 0
