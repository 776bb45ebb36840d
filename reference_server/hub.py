"""Fan-out: one ordered log, and a cursor for each subscriber. Replay, live and slow readers are one thing.

Whoever stands at the head is *live* and is written to by `_fan_out`. Whoever does not is *behind*, pumped by
its own task, from the tail or else from the log, at the pace at which its transport drains; at the head it
joins the others. There is no queue between the two, so nothing can be lost, doubled or reordered there.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

from reference_server import wire
from reference_server.cursor import Reset, id_of
from reference_server.feed import Feed, Ration
from reference_server.heartbeat import Wheel
from reference_server.limits import Limits
from reference_server.log import Entry, Log
from reference_server.metrics import Metrics
from reference_server.outlet import StalledError
from reference_server.subscriber import Subscriber
from reference_server.tail import Frame, Tail

__all__ = ["Hub", "reset_block"]

Audiences = dict[
    tuple[Feed | Ration, bool], set[Subscriber]
]  # who share their bytes: the feed, and whether chunked
NOBODY: Audiences = {}


class Hub:
    """Hears what the log has committed, and gives it to everyone who follows."""

    def __init__(
        self,
        log: Log,
        limits: Limits,
        metrics: Metrics,
        *,
        encode: Callable[[wire.Event], bytes],
        heartbeat: Callable[[], bytes],
        interval: float,
        retain: int,
    ) -> None:
        """`interval`: seconds between heartbeats; `retain`: entries that the log keeps."""
        self._log = log
        self._limits = limits
        self._metrics = metrics
        self._encode = encode
        self._heartbeat = heartbeat
        self._tail = Tail(limits.tail_frames, limits.tail_bytes)
        self._head = log.newest  # up to here everyone who is live has been written
        self._scheduled = False
        self._since = 0.0  # when the first of what is still to be written was committed
        self._closed = False
        self._live: dict[str, Audiences] = {}  # by channel
        self._everyone: set[Subscriber] = set()
        self._quarter = max(1, retain // 4)  # nobody's own position may fall to the end of the log
        self._told = self._head  # up to here this was seen to
        self._wheel: Wheel[Subscriber] = Wheel(interval)
        log.listen(self.publish)

    def __len__(self) -> int:
        return len(self._everyone)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Take over what was committed. What comes within one turn of the loop goes out in one write."""
        for entry in entries:
            self._tail.add(self._frame(entry))
        if not self._scheduled:
            self._since = perf_counter()  # uvloop's own clock stands still within a turn
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and self._head < self._log.newest:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._fan_out)

    def _fan_out(self) -> None:
        """The hot path: one join and one chunk for all who want the same, one write for each."""
        self._scheduled = False
        frames = self._tail.after(self._head, self._limits.write)
        if not frames:
            self._drop_back()
            return
        head = self._head = frames[-1].sequence
        now = asyncio.get_running_loop().time()
        events = size = 0
        for channel, mine in by_channel(frames).items():
            for (feed, chunked), live in list(self._live.get(channel, NOBODY).items()):
                count, body = feed.cut(mine)
                if not body:
                    continue
                data = wire.chunk(body) if chunked else body
                events += count * len(live)
                size += len(data) * len(live)
                for subscriber in live:
                    subscriber.outlet.write(data)
                    subscriber.wrote = now
                    subscriber.told = head
                for subscriber in [each for each in live if each.outlet.full()]:
                    self._part(subscriber)
        self._metrics.fanned_out(events, size, perf_counter() - self._since)
        if head - self._told >= self._quarter:
            self._tell_the_quiet(now)
        self._schedule()

    def _tell_the_quiet(self, now: float) -> None:
        """Move those along to whom nothing was written for a quarter of what the log keeps."""
        self._told = self._head
        position = wire.position(id_of(self._log, self._head))
        for subscriber in self._everyone:
            if not subscriber.behind.is_set() and self._head - subscriber.told >= self._quarter:
                subscriber.told = self._head
                subscriber.write(position, now)

    async def follow(self, subscriber: Subscriber) -> None:
        """Give `subscriber` all that comes after its cursor, until it is ended or we are cancelled."""
        subscriber.ended = self._closed
        self._everyone.add(subscriber)
        self._metrics.subscribers.inc()
        self._wheel.add(subscriber)
        reason = "left"
        try:
            while not subscriber.ended:
                await self._catch_up(subscriber)
                await subscriber.behind.wait()
            reason = "ended"
        except StalledError:
            reason = "stalled"
            subscriber.outlet.abort()
        finally:
            self._metrics.subscribers.dec()
            self._metrics.ended.labels("stopped" if self._closed else reason).inc()
            self._leave(subscriber)

    async def _catch_up(self, subscriber: Subscriber) -> None:
        """Pump until the subscriber stands at the head, and let it join."""
        await subscriber.outlet.room()
        while not subscriber.ended:
            if subscriber.cursor == self._head:
                self._join(subscriber)
                return
            if subscriber.cursor < self._head:  # else the others are written up to it within this turn
                await self._pump(subscriber, self._head)
            await subscriber.outlet.room()

    async def _pump(self, subscriber: Subscriber, until: int) -> None:
        """One write's worth of what follows the cursor, from the tail or else from the log."""
        frames = self._tail.after(subscriber.cursor, self._limits.write) or [
            self._frame(entry) for entry in await self._log.after(subscriber.cursor, self._limits.write)
        ]
        now = asyncio.get_running_loop().time()
        if not frames or frames[0].sequence != subscriber.cursor + 1:
            reset = Reset("slow", id_of(self._log, subscriber.cursor))
            self._metrics.resumed.labels(reset.reason).inc()
            subscriber.cursor = subscriber.told = self._head
            subscriber.write(reset_block(self._encode, reset, self._log, self._head), now)
            return
        frames = [frame for frame in frames if frame.sequence <= until]
        count, body = subscriber.feed.cut(frames)
        self._metrics.caught_up(count, len(body))
        subscriber.cursor = frames[-1].sequence
        if not body and subscriber.cursor - subscriber.told >= self._quarter:
            body = wire.position(id_of(self._log, subscriber.cursor))
        if body:
            subscriber.told = subscriber.cursor
        subscriber.write(body, now)

    def _join(self, subscriber: Subscriber) -> None:
        audiences = self._live.setdefault(subscriber.feed.channel, {})
        audiences.setdefault((subscriber.feed, subscriber.outlet.chunked), set()).add(subscriber)
        subscriber.behind.clear()

    def _part(self, subscriber: Subscriber) -> None:
        """From live to behind: it has been written all that the others have."""
        audiences = self._live[subscriber.feed.channel]
        live = audiences[subscriber.feed, subscriber.outlet.chunked]
        live.discard(subscriber)
        if not live:
            del audiences[subscriber.feed, subscriber.outlet.chunked]
        if not audiences:
            del self._live[subscriber.feed.channel]
        subscriber.cursor = self._head
        subscriber.behind.set()

    def _drop_back(self) -> None:
        """More was committed in one turn than the tail holds: everyone goes on from the log."""
        for subscriber in [each for each in self._everyone if not each.behind.is_set()]:
            self._part(subscriber)
        self._head = self._log.newest

    def _leave(self, subscriber: Subscriber) -> None:
        if not subscriber.behind.is_set():
            self._part(subscriber)
        self._everyone.discard(subscriber)
        self._wheel.discard(subscriber)

    async def keep_alive(self) -> None:
        """Write a heartbeat to whoever was quiet for the interval, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._wheel.step)
            beat = self._heartbeat()
            for subscriber in self._wheel.turn(loop.time()):
                if not subscriber.outlet.full():
                    self._beat(subscriber, beat, loop.time())

    def _beat(self, subscriber: Subscriber, beat: bytes, now: float) -> None:
        """A heartbeat, which has no id; and the position, if the client's own has been left far behind."""
        if subscriber.watchdog:
            beat += self._encode(wire.Event(f'{{"now": {time.time_ns() // 1_000_000}}}', "heartbeat"))
        sunk = 2 * (self._head - subscriber.told) > self._head - self._log.oldest + 1  # to the older half
        if not subscriber.behind.is_set() and sunk:
            subscriber.told = self._head
            beat += wire.position(id_of(self._log, self._head))
        subscriber.write(beat, now)

    def end(self, subscriber: Subscriber) -> None:
        """Let a stream end at the next border of an event."""
        subscriber.ended = True
        if not subscriber.behind.is_set():
            self._part(subscriber)

    def close(self) -> None:
        """Let everyone's stream end at the next border of an event; drop those who would not take the end."""
        self._closed = True
        for subscriber in self._everyone:
            if subscriber.outlet.full():
                subscriber.outlet.abort()
            self.end(subscriber)

    def _frame(self, entry: Entry) -> Frame:
        item = entry.item
        id_ = id_of(self._log, entry.sequence) if item.id is None else item.id
        event = wire.Event(item.data, item.event, id_, item.retry, item.comment)
        return Frame(entry.sequence, item.channel, item.device, self._encode(event))


def by_channel(frames: Iterable[Frame]) -> dict[str, list[Frame]]:
    """The frames of each channel, in order."""
    mine: defaultdict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        mine[frame.channel].append(frame)
    return mine


def reset_block(encode: Callable[[wire.Event], bytes], reset: Reset, log: Log, sequence: int) -> bytes:
    """What a client gets whose cursor cannot be followed: why, and where the stream goes on."""
    told = encode(wire.Event(reset.data(log), "reset"))
    return told + wire.position(id_of(log, sequence))
