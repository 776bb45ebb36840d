"""The clocks of a run's workers: how far each is ahead of the master's, followed while the run lasts.

Workers on one clock (see `_clock.domain`) share its offset, so that it cancels exactly between them.
"""

from collections.abc import Mapping
from typing import Protocol

from loadtests._offset import EXCHANGES, Exchange, Offset, Offsets
from loadtests._wire import Pong

__all__ = ["Clockwork", "Domains"]

PING_SECONDS = 1.0
HOME = Offsets.begin(Offset(0, 0))


class Clockwork(Protocol):
    """Whoever can be asked what time it is there."""

    def ping(self, seconds: float) -> tuple[int, Pong, int] | None: ...


class Domains:
    """Offsets by the name of the domain. Ours is ahead by nothing, and nobody asks it."""

    def __init__(self, home: str) -> None:
        self._known: dict[str, Offsets] = {home: HOME}
        self._home = home

    def measure(self, clocks: Mapping[str, Clockwork]) -> None:
        """Ask one worker of each domain but ours. Whoever does not answer keeps the offset known before.

        Raises TimeoutError when nothing is known of a clock either.
        """
        for name, clock in clocks.items():
            if name == self._home:
                continue
            exchanges = [found for found in (_exchange(clock) for _ in range(EXCHANGES)) if found is not None]
            if exchanges:
                offset = Offset.of(exchanges)
                if name in self._known:
                    self._known[name].add(offset)
                else:
                    self._known[name] = Offsets.begin(offset)
            elif name not in self._known:
                raise TimeoutError(f"the clock of domain {name} cannot be read: no pong within a second")

    def __len__(self) -> int:
        return len(self._known)

    def shift_ns(self, name: str) -> int:
        """How far that clock was ahead when the run began."""
        return self._known[name].first.ns

    def offset(self, name: str) -> Offset:
        """How far it is ahead now; `bound_ns` holds for the whole run so far."""
        known = self._known[name]
        return Offset(known.last.ns, known.bound_ns)

    def drifts(self) -> dict[str, int]:
        """How far (ns) each has moved since the run began."""
        return {name: offsets.drift_ns for name, offsets in self._known.items()}

    def bound_ns(self) -> int:
        """Of a latency from any clock to any other: both offsets may be wrong."""
        worst = sorted((offsets.bound_ns for offsets in self._known.values()), reverse=True)
        return sum(worst[:2])


def _exchange(clock: Clockwork) -> Exchange | None:
    answered = clock.ping(PING_SECONDS)
    if answered is None:
        return None
    sent_ns, pong, returned_ns = answered
    return Exchange(sent_ns, pong.received_ns, pong.replied_ns, returned_ns)
