"""One probe's arrivals at all subscribers: noted one by one, counted many at once. Reads no clock."""

from loadtests._plan import SECOND
from loadtests._probe import Probe
from loadtests._shares import Shares
from loadtests._tally import Delivery, Tally

__all__ = ["Arrivals"]

MANY = 1_024  # numbers: two to an arrival; counting them takes the time of a few reads


class Arrivals:
    """What was not counted yet. `shares` are those of the judged phase that the probe belongs to, if any."""

    __slots__ = ("_delivery", "_probe", "_shares", "_tally", "_times")

    def __init__(self, probe: Probe, delivery: Delivery, shares: Shares | None, tally: Tally) -> None:
        self._probe = probe
        self._delivery = delivery
        self._shares = shares
        self._tally = tally
        self._times: list[int] = []

    def note(self, order: int, arrived_ns: int, read_ns: int) -> None:
        """It came to subscriber `order`."""
        times = self._times
        times.append(arrived_ns)
        times.append(read_ns)
        if self._shares is not None:
            self._shares.add(order, arrived_ns - self._probe.intended_ns)
        if len(times) >= MANY:
            self.count()

    def count(self) -> None:
        """Into the tally with all that was noted."""
        arrived, read = self._times[::2], self._times[1::2]
        if not arrived:
            return
        self._times.clear()
        _source, _seq, _run, intended_ns, sent_ns = self._probe
        took_us = [(ns - intended_ns) // 1000 for ns in arrived]
        self._delivery.deliver.extend(took_us)
        self._delivery.deliver_sent.extend([(ns - sent_ns) // 1000 for ns in arrived])
        self._delivery.lag.extend([(late - ns) // 1000 for ns, late in zip(arrived, read, strict=True)])
        for second in range(min(arrived) // SECOND, max(arrived) // SECOND + 1):
            self._tally.seconds[second, "deliveries"] += sum(ns // SECOND == second for ns in arrived)
        if min(took_us) < 0:
            self._delivery.negative += sum(us < 0 for us in took_us)
