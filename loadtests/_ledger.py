"""Everything that a run has counted so far, added up from the tallies of its processes. Judges nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._plan import Window
from loadtests._tally import Delivery, HistogramKey, Share, Tally

__all__ = ["Arrivals", "Ledger", "Sample"]


class Sample(NamedTuple):
    """The generator, and the server where its pid is known, at the end of one second."""

    second: int  # of the wall clock
    live: int
    cpu_percent: float
    rss_mb: float
    server_cpu_percent: float | None = None
    server_rss_mb: float | None = None


@dataclass(slots=True)
class Arrivals:
    """One probe: how many subscribers have it, and how long it took to the first and the last of them."""

    window: Window | None
    second: int
    n: int
    first_us: int
    last_us: int


@dataclass(slots=True)
class Ledger:
    """Adding a tally is all that changes it, but for the samples that are appended once a second."""

    histograms: defaultdict[HistogramKey, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    heat: defaultdict[int, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    arrivals: dict[tuple[str, int], Arrivals] = field(default_factory=dict)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    seconds: Counter[tuple[int, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    losses: defaultdict[int, Loss] = field(default_factory=lambda: defaultdict(Loss))
    shares: defaultdict[int, list[Share]] = field(default_factory=lambda: defaultdict(list))
    samples: list[Sample] = field(default_factory=list)

    def add(self, tally: Tally) -> None:
        """Take over what one process counted since its last report."""
        for key, histogram in tally.histograms.items():
            self.histograms[key].merge(histogram)
        for probe, delivery in tally.deliveries.items():
            self._deliver(probe, delivery)
        self.counts.update(tally.counts)
        self.seconds.update(tally.seconds)
        self.errors.update(tally.errors)
        for phase, loss in tally.losses.items():
            self.losses[phase] += loss
        for phase, shares in tally.shares.items():
            self.shares[phase].extend(shares)

    def _deliver(self, probe: tuple[str, int], delivery: Delivery) -> None:
        deliver = delivery.deliver
        for metric, histogram in (
            ("deliver", deliver),
            ("deliver_sent", delivery.deliver_sent),
            ("client_lag", delivery.lag),
        ):
            self.histograms[HistogramKey(delivery.window, metric)].merge(histogram)
        self.heat[delivery.second].merge(deliver)
        known = self.arrivals.get(probe)
        if known is None:
            self.arrivals[probe] = Arrivals(
                delivery.window, delivery.second, deliver.n, deliver.least, deliver.most
            )
        else:
            known.n += deliver.n
            known.first_us = min(known.first_us, deliver.least)
            known.last_us = max(known.last_us, deliver.most)

    def measured(self, metric: str, windows: Iterable[Window | None]) -> Histogram:
        """All that was measured of `metric` in some parts of the plan."""
        found = Histogram()
        for window in windows:
            found.merge(self.histograms.get(HistogramKey(window, metric), Histogram()))
        return found

    def fan_out(self, windows: Iterable[Window | None]) -> tuple[Histogram, Histogram]:
        """Of every probe that was due then: time to its last subscriber, and from its first to its last."""
        wanted = set(windows)
        last, spread = Histogram(), Histogram()
        for probe in self.arrivals.values():
            if probe.window in wanted:
                last.add(probe.last_us)
                spread.add(probe.last_us - probe.first_us)
        return last, spread

    @property
    def deliveries(self) -> int:
        """Of the whole run, settling included."""
        return sum(probe.n for probe in self.arrivals.values())
