"""When a quiet connection is due for a heartbeat: one wheel for all of them. Keeps no clock of its own."""

from typing import Generic, Protocol, TypeVar

__all__ = ["Quiet", "Wheel"]

SPOKES = 16  # a beat comes up to a sixteenth of the interval early, and not late


class Quiet(Protocol):
    """Whoever is to be kept alive."""

    wrote: float  # seconds, on the clock that `turn` is given


Rider = TypeVar("Rider", bound=Quiet)


class Wheel(Generic[Rider]):
    """Each rider sits at the spoke where its silence may be over; a write in between only moves `wrote`."""

    def __init__(self, interval: float) -> None:
        self.step = interval / SPOKES  # seconds between two turns
        self._spokes: list[set[Rider]] = [set() for _ in range(SPOKES)]
        self._spoke_of: dict[Rider, int] = {}
        self._at = 0

    def add(self, rider: Rider, steps: int = SPOKES - 1) -> None:
        """Seat a rider `steps` turns from now."""
        spoke = (self._at + steps) % SPOKES
        self._spokes[spoke].add(rider)
        self._spoke_of[rider] = spoke

    def discard(self, rider: Rider) -> None:
        spoke = self._spoke_of.pop(rider, None)
        if spoke is not None:
            self._spokes[spoke].discard(rider)

    def turn(self, now: float) -> list[Rider]:
        """One step on: those who have been silent for the interval. All are seated again."""
        self._at = (self._at + 1) % SPOKES
        here, self._spokes[self._at] = self._spokes[self._at], set()
        due = []
        for rider in here:
            left = SPOKES - 1 - int((now - rider.wrote) / self.step)
            if left <= 0:
                due.append(rider)
                left = SPOKES - 1
            self.add(rider, left)
        return due
