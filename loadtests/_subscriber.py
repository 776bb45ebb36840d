"""One subscriber: holds a stream open, and accounts for each probe that comes. Reads no socket itself."""

import time
from collections.abc import Callable

from loadtests._accounting import NEW, Seen, Track
from loadtests._answer import answer_kind
from loadtests._audience import Audience
from loadtests._plan import SECOND
from loadtests._probe import Probe
from loadtests._pump import Timer
from loadtests._reconnect import RETRY_SECONDS, pause
from loadtests._seam import Seam
from loadtests._stream import Stream

__all__ = ["Subscriber"]

OPEN_SECONDS = 10.0
MARGIN_NS = SECOND  # what was due so shortly before somebody left may still have been on its way
NOWHERE = -1  # in the order of those who got a stream


class Subscriber:
    """A stream that is opened again whenever it was lost, and what came through it.

    In scenarios with a lifetime it is a place that one subscriber after the other takes, each one new to
    the server. When they come is decided beforehand, however long the server takes to let them in.

    All it waits for comes from the pump: a greenlet for each would be five times its size.
    """

    __slots__ = (
        *("_audience", "_connect_ns", "_cut_ns", "_due_ns", "_empty", "_exit", "_failures", "_last_id"),
        *("_order", "_retry_seconds", "_seam", "_seams", "_stream", "_timer", "_topic", "live", "tracks"),
    )

    def __init__(self, audience: Audience) -> None:
        self.tracks: tuple[Track, ...] = ()  # few: a mapping would be twice their size
        self.live = False
        self._audience = audience
        self._topic = audience.draw_topic()
        self._stream: Stream | None = None
        self._timer: Timer | None = None  # until the stream has to be open, or is to be opened again
        self._exit: Timer | None = None  # when a lifetime ends
        self._order = NOWHERE
        self._due_ns = 0
        self._connect_ns = 0
        self._cut_ns: int | None = None
        self._last_id = ""
        self._seam: Seam | None = None
        self._seams: list[Seam] | None = None
        self._empty = True
        self._failures = 0
        self._retry_seconds = RETRY_SECONDS
        audience.members.add(self)

    def start(self, delay: float) -> None:
        """From so many seconds on hold a stream open, until `close`."""
        self._due_ns = time.time_ns() + int(delay * SECOND)
        self._timer = self._audience.pump.later(delay, self._arrive)

    def follow(self, delay: Callable[[], float]) -> None:
        """The same, and park the calling greenlet until everybody leaves."""
        self.start(delay())
        self._audience.over.wait()  # without a deadline: a stream may last as long as the run

    def cut(self) -> None:
        """Drop the stream, as a network does that breaks; a subscriber comes back."""
        if self.live:
            self._lost()
            self._come_back()

    def leave(self) -> None:
        """Leave while others stay."""
        if self in self._audience.members:
            self._audience.part(self.tracks, time.time_ns() - MARGIN_NS)
            self.close()

    def close(self) -> None:
        """Leave for good; what is missing, the audience knows."""
        self._leave()
        if self._exit is not None:
            self._exit.close()
            self._exit = None
        self._hand_in()
        self._audience.members.discard(self)

    def _arrive(self) -> None:
        """Somebody is due, who stays as long as lifetimes in this scenario are."""
        self._failures = 0
        mean = self._audience.scenario.lifetime
        if not mean:
            self._open()
            return
        until_ns = self._due_ns + int(self._audience.random.expovariate(1 / mean) * SECOND)
        left = max(0.0, (until_ns - time.time_ns()) / SECOND)
        self._exit = self._audience.pump.later(left, lambda: self._part(until_ns))
        if left:
            self._open()

    def _part(self, until_ns: int) -> None:
        """The one who is here leaves for good, and the next one comes, whom the server does not know."""
        audience = self._audience
        phase = audience.phase_of(until_ns)
        audience.tally.counts[phase, "left" if self.tracks else "abandoned"] += 1
        self._leave()
        self._hand_in()
        audience.part(self.tracks, until_ns - MARGIN_NS)
        self.tracks, self._last_id, self._seam, self._cut_ns = (), "", None, None
        self._topic = audience.draw_topic()
        self._due_ns = until_ns
        self._arrive()

    def _open(self) -> None:
        audience = self._audience
        self._empty = True
        self._connect_ns = time.time_ns()
        request = audience.server.recipe.subscribe(self._topic, self._last_id)
        self._stream = Stream(audience, self, request)
        self._timer = audience.pump.later(OPEN_SECONDS, self._give_up)
        self._stream.connect()

    def _give_up(self) -> None:
        self.on_end(f"connect: no response within {OPEN_SECONDS:.0f} s")

    def _come_back(self) -> None:
        self._timer = self._audience.pump.later(self._pause(), self._open)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.close()
            self._timer = None

    def _leave(self) -> None:
        self._stop_timer()
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if self.live:
            self.live = False
            self._audience.live -= 1

    def _lost(self) -> None:
        """The stream is gone, and we want it back."""
        tally = self._audience.tally
        self._cut_ns = time.time_ns()
        tally.seconds[self._cut_ns // SECOND, "disconnects"] += 1
        tally.counts[self._audience.phase_of(self._cut_ns), "cut"] += 1
        self._leave()

    def _pause(self) -> float:
        audience = self._audience
        phase = audience.plan.phase_at(time.time_ns())
        policy = phase.step.reconnect if phase else "retry"
        jitter = audience.scenario.jitter
        return pause(policy, self._failures, self._retry_seconds, jitter, audience.random)

    def on_open(self, arrived_ns: int) -> None:
        """The head came: we are subscribed."""
        audience, now = self._audience, arrived_ns
        self._stop_timer()
        self._failures = 0
        self.live = True
        audience.live += 1
        if self._order == NOWHERE:
            self._order = audience.enter()
        if self.tracks and not audience.server.recipe.resumes:
            self._hand_in()
            audience.part(self.tracks, self._connect_ns)  # what comes while away, nobody may expect
            self.tracks, self._due_ns = (), self._connect_ns
        if self.tracks:
            audience.took("connect", self._connect_ns, now)
        else:
            audience.took("connect", min(self._due_ns, self._connect_ns), now)
            self.tracks = audience.tracks(self._topic, now)
        audience.tally.seconds[now // SECOND, "conn_ok"] += 1
        if self._cut_ns is not None:
            audience.took("reconnect", self._cut_ns, now)
            audience.tally.counts[audience.phase_of(self._cut_ns), "reconnects"] += 1
            if self._last_id:
                self._resume(audience.phase_of(self._cut_ns), now)
            self._cut_ns = None

    def on_end(self, reason: str) -> None:
        """The stream is gone, and not because we left."""
        tally = self._audience.tally
        tally.errors[reason] += 1
        if self.live:
            self._lost()
        else:
            self._failures += 1
            if kind := _refusal(reason):
                tally.counts[self._audience.phase_of(self._connect_ns), kind] += 1
            self._leave()
        self._come_back()

    def _resume(self, phase: int, now: int) -> None:
        self._seam = Seam(phase, now, {track.source: track.last for track in self.tracks})
        self._seams = [*(self._seams or ()), self._seam]

    def _hand_in(self) -> None:
        """What is known of the places where a stream was taken up again."""
        tally = self._audience.tally
        for seam in self._seams or ():
            tally.counts[seam.phase, "gap"] += seam.gap(self.tracks)
            if seam.replayed_ns:
                self._audience.took("catchup", seam.opened_ns, seam.replayed_ns)
        self._seams = None

    def on_block(self, block: bytes, arrived_ns: int, read_ns: int) -> None:
        """Account for whatever it says."""
        audience = self._audience
        type_, id_, retry_ms, probe = audience.blocks[block]
        if id_ is not None:
            self._last_id = id_
        if retry_ms is not None:
            self._retry_seconds = retry_ms / 1000
        if not type_:
            return
        if self._empty:
            self._empty = False
            audience.took("first_event", self._connect_ns, arrived_ns)
        if type_ == audience.signal:
            for track in self.tracks:
                track.reset()
        elif probe is not None and probe.run == audience.run:
            self._on_probe(probe, arrived_ns, read_ns)

    def _on_probe(self, probe: Probe, arrived_ns: int, read_ns: int) -> None:
        audience = self._audience
        for track in self.tracks:
            if track.source == probe.source:
                break
        else:
            if probe.source in audience.sources:
                audience.tally.counts[audience.phase_of(probe.intended_ns), "leak"] += 1
            return
        audience.heard_ns = read_ns
        seen = track.see(probe.seq)
        if self._seam is not None and self._on_resumed(self._seam, probe, seen, arrived_ns):
            return
        if seen is NEW or seen is Seen.LATE:
            audience.arrivals(probe).note(self._order, arrived_ns, read_ns)
        if seen is not NEW:
            audience.noticed(probe, seen.value)

    def _on_resumed(self, seam: Seam, probe: Probe, seen: Seen, arrived_ns: int) -> bool:
        """Whether this is a replay: it was sent before we came back."""
        if probe.sent_ns >= self._connect_ns:
            seam.close(probe.source, probe.seq)
            return False
        audience = self._audience
        seam.replayed_ns = arrived_ns
        if seen is Seen.NEW or seen is Seen.LATE:
            audience.took("replay", probe.intended_ns, arrived_ns)
            audience.noticed(probe, "replayed")
        if seen is Seen.DUPLICATE:
            audience.tally.counts[seam.phase, "resume_dup"] += 1
        if seen is not Seen.NEW:
            audience.noticed(probe, seen.value)
        return True


def _refusal(reason: str) -> str:
    """What an attempt that failed is counted as, or ""."""
    kind, _, status = reason.rpartition("HTTP ")
    if kind == "connect: " and status.isdecimal():
        return f"http_{answer_kind(int(status))}"
    return "refused" if reason.startswith("connect: ") else ""
