"""The pursuit: whoever is behind is pumped, at the pace of its own transport, until it stands at the head.

Newcomers who resume, slow readers and those who fell off the tail are all pursued in the same way.
"""

from collections.abc import Callable

from reference_server import wire
from reference_server.cursor import Reset, id_of
from reference_server.frames import Frames
from reference_server.heartbeat import Wheel
from reference_server.hub import Hub
from reference_server.journal import note
from reference_server.log import Log
from reference_server.metrics import Metrics
from reference_server.outlet import StalledError
from reference_server.subscriber import Subscriber

__all__ = ["Pursuit", "reset_block"]


class Pursuit:
    """Gives each subscriber what it has missed; the hub gives it what comes then."""

    def __init__(
        self,
        log: Log,
        hub: Hub,
        frames: Frames,
        wheel: Wheel[Subscriber],
        metrics: Metrics,
        *,
        encode: Callable[[wire.Event], bytes],
    ) -> None:
        self._log = log
        self._hub = hub
        self._frames = frames
        self._wheel = wheel
        self._metrics = metrics
        self._encode = encode

    async def follow(self, subscriber: Subscriber) -> None:
        """Give `subscriber` all that comes after its cursor, until it is ended or we are cancelled."""
        self._hub.enter(subscriber)
        self._wheel.add(subscriber)
        self._metrics.subscribers.inc()
        try:
            while not subscriber.reason:
                await self._catch_up(subscriber)
                if subscriber.until_behind:
                    await subscriber.until_behind
        except StalledError:
            self._hub.end(subscriber, "stalled")
            subscriber.outlet.abort()
        finally:
            self._metrics.subscribers.dec()
            self._wheel.discard(subscriber)
            self._hub.leave(subscriber)

    async def _catch_up(self, subscriber: Subscriber) -> None:
        """Pump until the subscriber stands at the head, and let it join."""
        await subscriber.outlet.room()
        while not subscriber.reason:
            if subscriber.cursor == self._hub.head:
                self._hub.join(subscriber)
                return
            if subscriber.cursor < self._hub.head:  # else the others are written up to it within this turn
                await self._pump(subscriber, self._hub.head)
            await subscriber.outlet.room()

    async def _pump(self, subscriber: Subscriber, until: int) -> None:
        """One write's worth of what follows the cursor."""
        frames = await self._frames.after(subscriber.cursor)
        if not frames or frames[0].sequence != subscriber.cursor + 1:
            self._put_at_the_head(subscriber)
            return
        frames = [frame for frame in frames if frame.sequence <= until]
        count, body = subscriber.feed.cut(frames)
        self._metrics.caught_up(count, len(body))
        subscriber.cursor = frames[-1].sequence
        if not body and subscriber.cursor - subscriber.told >= self._hub.quarter:
            body = wire.position(id_of(self._log, subscriber.cursor))
        if body:
            subscriber.told = subscriber.cursor
        subscriber.write(body)

    def _put_at_the_head(self, subscriber: Subscriber) -> None:
        """What follows the cursor is not retained any more: say so, and go on where the others are."""
        reset = Reset("slow", id_of(self._log, subscriber.cursor))
        self._metrics.resumed.labels(reset.reason).inc()
        note("fell_off", stream=subscriber.number, asked=reset.asked)
        subscriber.cursor = subscriber.told = self._hub.head
        subscriber.write(reset_block(self._encode, reset, self._log, self._hub.head))


def reset_block(encode: Callable[[wire.Event], bytes], reset: Reset, log: Log, sequence: int) -> bytes:
    """What a client gets whose cursor cannot be followed: why, and where the stream goes on."""
    told = encode(wire.Event(reset.data(log), "reset"))
    return told + wire.position(id_of(log, sequence))
