"""Simulated time against the wall clock: how far the fleet may go, how much has slipped. Reads no clock."""

from .rng import Floats, Ints

__all__ = ["Clock"]

LONGEST_TICK = 1.0  # seconds of wall time that one tick makes up for; what is above slips


class Clock:
    """Runs `speed` simulated seconds per second from `start` (ms); `now` is any monotonic time in seconds."""

    def __init__(self, start: int, speed: float, now: float) -> None:
        self.speed = speed
        self._time, self._then = float(start), now
        self.slipped = 0.0  # simulated seconds that a receiver (or processor) that lags has cost

    def tick(self, now: float, *, slip: bool = True) -> int:
        """Simulated ms UTC. If time may slip, a long pause counts as `LONGEST_TICK` alone."""
        passed = now - self._then
        if slip and passed > LONGEST_TICK:
            self.slipped += (passed - LONGEST_TICK) * self.speed
            passed = LONGEST_TICK
        self._time += passed * self.speed * 1000
        self._then = now
        return int(self._time)

    def lost(self, now: float) -> float:
        """Simulated seconds that have slipped, with those of a tick that is overdue."""
        return self.slipped + max(0.0, now - self._then - LONGEST_TICK) * self.speed

    def when(self, t: Ints) -> Floats:
        """At which `now` these simulated moments (ms) are due, as the clock goes since the last tick."""
        return self._then + (t - self._time) / 1000 / self.speed

    def until(self, t: int) -> float:
        """Wall seconds from the last tick to simulated `t` ms."""
        return (t - self._time) / 1000 / self.speed
