"""Keeps quiet connections alive: one timer for all of them."""

import asyncio
import time
from collections.abc import Callable

from reference_server import wire
from reference_server.cursor import id_of
from reference_server.heartbeat import Wheel
from reference_server.hub import Hub
from reference_server.log import Log
from reference_server.subscriber import Subscriber

__all__ = ["KeepAlive"]


class KeepAlive:
    """Writes a heartbeat to whoever was not written to for the interval."""

    def __init__(
        self,
        log: Log,
        hub: Hub,
        wheel: Wheel[Subscriber],
        *,
        encode: Callable[[wire.Event], bytes],
        heartbeat: Callable[[], bytes],
    ) -> None:
        self._log = log
        self._hub = hub
        self._encode = encode
        self._heartbeat = heartbeat
        self._wheel = wheel

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._wheel.step)
            beat = self._heartbeat()
            for subscriber in self._wheel.turn(loop.time()):
                if not subscriber.outlet.full():
                    self._beat(subscriber, beat)

    def _beat(self, subscriber: Subscriber, beat: bytes) -> None:
        """A heartbeat, which has no id; and the position, if the client's own has been left far behind."""
        head = self._hub.head
        if subscriber.watchdog:
            beat += self._encode(wire.Event(f'{{"now": {time.time_ns() // 1_000_000}}}', "heartbeat"))
        sunk = 2 * (head - subscriber.told) > head - self._log.oldest + 1  # to the older half
        if subscriber.live and sunk:
            subscriber.told = head
            beat += wire.position(id_of(self._log, head))
        subscriber.write(beat)
