"""Fan-out: one ordered log, and a cursor for each subscriber. Replay, live and slow readers are one thing.

Whoever stands at the head is *live* and is written to here. Whoever does not is *behind*, pumped by `Pursuit`
at the pace at which its transport drains; at the head it joins the others. There is no queue between the two,
so nothing can be lost, doubled or reordered there.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from time import perf_counter

from reference_server import wire
from reference_server.cursor import id_of
from reference_server.feed import Feed, Ration
from reference_server.frames import Frames
from reference_server.log import Entry, Log
from reference_server.metrics import Metrics
from reference_server.subscriber import Subscriber
from reference_server.tail import Frame

__all__ = ["Hub"]

Audiences = dict[
    tuple[Feed | Ration, bool], set[Subscriber]
]  # who share their bytes: the feed, and whether chunked
NOBODY: Audiences = {}


class Hub:
    """Hears what the log has committed, and gives it to everyone who is live."""

    def __init__(self, log: Log, frames: Frames, metrics: Metrics, retain: int) -> None:
        """`retain`: entries that the log keeps."""
        self._log = log
        self._frames = frames
        self._metrics = metrics
        self.head = log.newest  # up to here everyone who is live has been written
        self._closed = False
        self._everyone: set[Subscriber] = set()  # live or behind
        self._live: dict[str, Audiences] = {}  # by channel
        self._scheduled = False
        self._since = 0.0  # when the first of what is still to be written was committed
        self._told = self.head  # up to here `tell_the_quiet` has seen to
        self.quarter = max(1, retain // 4)  # nobody's own position may fall to the end of the log
        log.listen(self.publish)

    def __len__(self) -> int:
        return len(self._everyone)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Take over what was committed. What comes within one turn of the loop goes out in one write."""
        self._frames.add(entries)
        if not self._scheduled:
            self._since = perf_counter()  # uvloop's own clock stands still within a turn
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and self.head < self._log.newest:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._fan_out)

    def _fan_out(self) -> None:
        """The hot path: one join and one chunk for all who want the same, one write for each."""
        self._scheduled = False
        if not self._live:
            self.head = self._log.newest  # nobody to write to, and nothing to frame
            return
        frames = self._frames.at_hand(self.head)
        if not frames:
            self._drop_back()
            return
        head = self.head = frames[-1].sequence
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
                    self.part(subscriber)
        self._metrics.fanned_out(events, size, perf_counter() - self._since)
        if head - self._told >= self.quarter:
            self._tell_the_quiet()
        self._schedule()

    def _tell_the_quiet(self) -> None:
        """Move those along to whom nothing was written for a quarter of what the log keeps."""
        self._told = self.head
        position = wire.position(id_of(self._log, self.head))
        for subscriber in self._everyone:
            if subscriber.live and self.head - subscriber.told >= self.quarter:
                subscriber.told = self.head
                subscriber.write(position)

    def _drop_back(self) -> None:
        """More was committed in one turn than the tail holds: everyone goes on from the log."""
        for subscriber in self._everyone:
            if subscriber.live:
                self.part(subscriber)
        self.head = self._log.newest

    def enter(self, subscriber: Subscriber) -> None:
        """From now on the subscriber is one of those whose streams `close` ends."""
        self._everyone.add(subscriber)
        if self._closed:
            self.end(subscriber, "stopped")

    def leave(self, subscriber: Subscriber) -> None:
        """Its stream is over."""
        if subscriber.live:
            self.part(subscriber)
        self._everyone.discard(subscriber)

    def join(self, subscriber: Subscriber) -> None:
        """From behind to live, for one who has been written up to the head."""
        audiences = self._live.setdefault(subscriber.feed.channel, {})
        audiences.setdefault((subscriber.feed, subscriber.outlet.chunked), set()).add(subscriber)
        subscriber.join()

    def part(self, subscriber: Subscriber) -> None:
        """From live to behind: it has been written all that the others have."""
        audiences = self._live[subscriber.feed.channel]
        live = audiences[subscriber.feed, subscriber.outlet.chunked]
        live.discard(subscriber)
        if not live:
            del audiences[subscriber.feed, subscriber.outlet.chunked]
        if not audiences:
            del self._live[subscriber.feed.channel]
        subscriber.cursor = self.head
        subscriber.part()

    def end(self, subscriber: Subscriber, reason: str) -> None:
        """Let a stream end at the next border of an event."""
        subscriber.reason = reason
        if subscriber.live:
            self.part(subscriber)

    def close(self) -> None:
        """Let everyone's stream end at the next border of an event; drop those who would not take the end."""
        self._closed = True
        for subscriber in self._everyone:
            if subscriber.outlet.full():
                subscriber.outlet.abort()
            self.end(subscriber, "stopped")


def by_channel(frames: Iterable[Frame]) -> dict[str, list[Frame]]:
    """The frames of each channel, in order."""
    mine: defaultdict[str, list[Frame]] = defaultdict(list)
    for frame in frames:
        mine[frame.channel].append(frame)
    return mine
