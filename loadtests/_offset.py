"""How far another clock is ahead of ours, from pings and pongs, and within which bound. Pure; reads no clock.

Of many exchanges the quickest says most (the clock filter of RFC 5905, section 10): whatever delayed the
others is not in it, and the true offset lies within half its round trip, however unequal the two ways are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["EXCHANGES", "Exchange", "Offset", "Offsets"]

EXCHANGES = 40  # of which one is quick, even on a busy machine


class Exchange(NamedTuple):
    """One ping and its pong: `sent_ns` and `returned_ns` by our clock, the others by the other one."""

    sent_ns: int
    received_ns: int
    replied_ns: int
    returned_ns: int

    @property
    def round_trip_ns(self) -> int:
        """Time on the way, both ways together."""
        return (self.returned_ns - self.sent_ns) - (self.replied_ns - self.received_ns)

    @property
    def offset_ns(self) -> int:
        """How far the other clock is ahead, were both ways equally long."""
        return ((self.received_ns - self.sent_ns) + (self.replied_ns - self.returned_ns)) // 2


class Offset(NamedTuple):
    """The other clock is ahead by `ns`, give or take `bound_ns`."""

    ns: int
    bound_ns: int

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> "Offset":
        """Raises ValueError without any exchange."""
        quickest = min(exchanges, key=lambda exchange: exchange.round_trip_ns)
        return cls(quickest.offset_ns, max(0, quickest.round_trip_ns) // 2 + 1)


@dataclass(slots=True)
class Offsets:
    """What was found of one clock in the course of a run; clocks drift apart, so the last one holds."""

    first: Offset
    last: Offset
    bound_ns: int
    """Of every latency that was corrected by it so far."""

    @classmethod
    def begin(cls, offset: Offset) -> "Offsets":
        return cls(offset, offset, offset.bound_ns)

    def add(self, offset: Offset) -> None:
        """Between two findings the clock was somewhere between them, so their distance is uncertain too."""
        self.bound_ns = max(self.bound_ns, offset.bound_ns + abs(offset.ns - self.last.ns))
        self.last = offset

    @property
    def drift_ns(self) -> int:
        """How far the clocks have moved apart since the run began."""
        return self.last.ns - self.first.ns
