"""One subscriber: holds a stream open, and accounts for each probe that comes. Reads no socket itself."""

import time

import gevent
from gevent.event import Event

from loadtests._accounting import Seen, Track
from loadtests._audience import OUTSIDE, Audience
from loadtests._probe import Probe
from loadtests._pump import Read
from loadtests._stream import Stream
from loadtests._tally import Delivery, Share

__all__ = ["Subscriber"]

OPEN_SECONDS = 10.0
RETRY_SECONDS = 1.0  # until the server says otherwise
LONGEST_PAUSE_SECONDS = 30.0
SECOND = 1_000_000_000


class Subscriber:
    """A stream that is opened again whenever the server ends it, and what came through it."""

    def __init__(self, audience: Audience) -> None:
        self.tracks: dict[str, Track] = {}
        self.live = False
        self._audience = audience
        self._stream: Stream | None = None
        self._changed = Event()
        self._closed = False
        self._order = 0
        self._connect_ns = 0
        self._cut_ns: int | None = None
        self._last_id = ""
        self._resumed = False
        self._empty = True
        self._retry_seconds = RETRY_SECONDS
        self._shares: dict[int, list[int]] = {}
        audience.members.add(self)

    def follow(self, delay: float) -> None:
        """Hold the stream open until `close`; parks the calling greenlet."""
        gevent.sleep(delay)
        failures = 0
        while not self._closed:
            self._open()
            failures = 0 if self.live else failures + 1
            while self.live:
                self._changed.wait()  # without a deadline: a stream may last as long as the run
                self._changed.clear()
            if not self._closed:
                gevent.sleep(self._pause(failures))

    def close(self) -> None:
        """Leave, and hand in the figures that are kept by subscriber."""
        if self._closed:
            return
        self._closed = True
        self._leave()
        self._changed.set()
        self._audience.members.discard(self)
        for phase, (n, total_us) in self._shares.items():
            self._audience.tally.shares[phase].append(Share(self._order, n, total_us))

    def _open(self) -> None:
        self._changed.clear()
        self._resumed = bool(self._last_id)
        self._empty = True
        self._connect_ns = time.time_ns()
        self._stream = Stream(self._audience, self, last_id=self._last_id)
        self._stream.connect()
        if not self._changed.wait(OPEN_SECONDS):
            self.on_end(f"connect: no response within {OPEN_SECONDS:.0f} s")
        self._changed.clear()

    def _leave(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self.live:
            self.live = False
            self._audience.live -= 1

    def _pause(self, failures: int) -> float:
        base = min(LONGEST_PAUSE_SECONDS, self._retry_seconds * float(2 ** min(failures, 5)))
        return base * self._audience.random.uniform(1, 1.5)

    def on_open(self, read: Read) -> None:
        """The head came: we are subscribed."""
        audience, now = self._audience, read.arrived_ns
        self.live = True
        audience.live += 1
        if not self.tracks:
            self._order = audience.opened
            audience.opened += 1
            self.tracks = {
                source: Track(schedule.first_from(now)) for source, schedule in audience.sources.items()
            }
        audience.took("connect", self._connect_ns, now)
        audience.tally.seconds[now // SECOND, "conn_ok"] += 1
        if self._cut_ns is not None:
            audience.took("reconnect", self._cut_ns, now)
            audience.tally.counts[audience.phase_of(self._cut_ns), "reconnects"] += 1
            self._cut_ns = None
        self._changed.set()

    def on_end(self, reason: str) -> None:
        """The stream is gone, and not because we left."""
        tally = self._audience.tally
        tally.errors[reason] += 1
        if self.live:
            self._cut_ns = time.time_ns()
            tally.seconds[self._cut_ns // SECOND, "disconnects"] += 1
        self._leave()
        self._changed.set()

    def on_block(self, block: bytes, read: Read) -> None:
        """Account for whatever it says."""
        type_, id_, retry_ms, probe = self._audience.blocks.read(block)
        if id_ is not None:
            self._last_id = id_
        if retry_ms is not None:
            self._retry_seconds = retry_ms / 1000
        if not type_:
            return
        if self._empty:
            self._empty = False
            self._audience.took("first_event", self._connect_ns, read.arrived_ns)
        if type_ == "reset":
            for track in self.tracks.values():
                track.reset()
        elif probe is not None and probe.run == self._audience.run:
            self._on_probe(probe, read)

    def _on_probe(self, probe: Probe, read: Read) -> None:
        audience = self._audience
        track = self.tracks.get(probe.source)
        if track is None:
            return
        audience.heard_ns = read.read_ns
        seen = track.see(probe.seq)
        if seen is not Seen.NEW:
            audience.tally.counts[audience.phase_of(probe.intended_ns), seen.value] += 1
            if seen is not Seen.LATE:
                return
        if self._resumed and probe.sent_ns < self._connect_ns:
            audience.took("replay", probe.intended_ns, read.arrived_ns)
            audience.tally.counts[audience.phase_of(probe.intended_ns), "replayed"] += 1
        else:
            self._on_delivery(probe, read)

    def _on_delivery(self, probe: Probe, read: Read) -> None:
        tally = self._audience.tally
        delivery = tally.deliveries.get((probe.source, probe.seq))
        if delivery is None:
            window = self._audience.window_at(probe.intended_ns)
            delivery = tally.deliveries[probe.source, probe.seq] = Delivery(
                window, probe.intended_ns // SECOND
            )
        took_us = (read.arrived_ns - probe.intended_ns) // 1000
        delivery.deliver.add(took_us)
        delivery.deliver_sent.add((read.arrived_ns - probe.sent_ns) // 1000)
        delivery.lag.add((read.read_ns - read.arrived_ns) // 1000)
        tally.seconds[read.arrived_ns // SECOND, "deliveries"] += 1
        if took_us < 0:
            tally.counts[OUTSIDE, "negative"] += 1
        if delivery.window is not None and delivery.window.judged:
            share = self._shares.setdefault(delivery.window.phase, [0, 0])
            share[0] += 1
            share[1] += took_us
