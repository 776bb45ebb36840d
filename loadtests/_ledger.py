"""Everything that a run has counted so far, added up from the tallies of its processes. Judges nothing."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._plan import Window
from loadtests._tally import OUTSIDE, Delivery, HistogramKey, Share, Tally

__all__ = ["Ledger", "Reached", "Sample"]


class Sample(NamedTuple):
    """One generator at the end of one second."""

    second: int  # of the wall clock
    worker: int
    live: int
    cpu_percent: float
    rss_mb: float


@dataclass(slots=True)
class Reached:
    """One probe: how many subscribers have it, and how long it took to the first and the last of them."""

    window: Window | None
    second: int
    n: int
    first_us: int
    last_us: int

    def add(self, other: "Reached") -> None:
        """Other subscribers have the same probe."""
        self.n += other.n
        self.first_us = min(self.first_us, other.first_us)
        self.last_us = max(self.last_us, other.last_us)


Probes = dict[tuple[str, int], Reached]  # by source and number


@dataclass(slots=True)
class Ledger:
    """Adding a tally or another ledger is all that changes it, but for samples, appended once a second.

    `arrivals_xdom` came from publishers with another clock (domain), so they are known within a bound only.
    """

    histograms: defaultdict[HistogramKey, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    heat: defaultdict[int, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    arrivals: Probes = field(default_factory=dict)
    arrivals_xdom: Probes = field(default_factory=dict)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    seconds: Counter[tuple[int, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    losses: defaultdict[int, Loss] = field(default_factory=lambda: defaultdict(Loss))
    shares: defaultdict[int, list[Share]] = field(default_factory=lambda: defaultdict(list))
    samples: list[Sample] = field(default_factory=list)

    def add(self, tally: Tally, foreign: Collection[str] = ()) -> None:
        """Take over what one process counted since the last call; `foreign` sources have another clock."""
        for key, histogram in tally.histograms.items():
            self.histograms[key].merge(histogram)
        for probe, delivery in tally.deliveries.items():
            self._deliver(probe, delivery, foreign=probe[0] in foreign)
        self.counts.update(tally.counts)
        self.seconds.update(tally.seconds)
        self.errors.update(tally.errors)
        for phase, loss in tally.losses.items():
            self.losses[phase] += loss
        for phase, shares in tally.shares.items():
            self.shares[phase].extend(shares)

    def merge(self, other: "Ledger", seconds_ahead: int = 0) -> None:
        """Take over all that another ledger counted, by a clock that is so many seconds ahead."""
        for key, histogram in other.histograms.items():
            self.histograms[key].merge(histogram)
        for second, histogram in other.heat.items():
            self.heat[second - seconds_ahead].merge(histogram)
        for ours, theirs in (
            (self.arrivals, other.arrivals),
            (self.arrivals_xdom, other.arrivals_xdom),
        ):
            for probe, arrivals in theirs.items():
                _arrive(ours, probe, arrivals, seconds_ahead)
        self.counts.update(other.counts)
        for (second, what), n in other.seconds.items():
            self.seconds[second - seconds_ahead, what] += n
        self.errors.update(other.errors)
        for phase, loss in other.losses.items():
            self.losses[phase] += loss
        for phase, shares in other.shares.items():
            self.shares[phase].extend(shares)
        self.samples += [sample._replace(second=sample.second - seconds_ahead) for sample in other.samples]

    def _deliver(self, probe: tuple[str, int], delivery: Delivery, *, foreign: bool) -> None:
        deliver, measured = delivery.deliver, {"client_lag": delivery.lag}
        if foreign:  # then its clock and ours are compared within a bound
            measured["deliver_xdom"] = deliver
        else:
            measured |= {"deliver": deliver, "deliver_sent": delivery.deliver_sent}
            self.counts[OUTSIDE, "negative"] += delivery.negative
        for metric, histogram in measured.items():
            self.histograms[HistogramKey(delivery.window, metric)].merge(histogram)
        self.heat[delivery.second].merge(deliver)
        arrivals = Reached(delivery.window, delivery.second, deliver.n, deliver.least, deliver.most)
        _arrive(self.arrivals_xdom if foreign else self.arrivals, probe, arrivals)

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

    def last_by_window(self) -> dict[Window | None, Histogram]:
        """Time to the last subscriber of every probe, for all parts of the plan in one pass."""
        found: defaultdict[Window | None, list[int]] = defaultdict(list)
        for probe in self.arrivals.values():
            found[probe.window].append(probe.last_us)
        return {window: Histogram(longest) for window, longest in found.items()}

    def reached(self) -> Probes:
        """All probes with all who have them, whatever clock those have."""
        found = {probe: replace(home) for probe, home in self.arrivals.items()}
        for probe, away in self.arrivals_xdom.items():
            _arrive(found, probe, away)
        return found

    def last_xdom(self, windows: Iterable[Window | None]) -> Histogram:
        """Of every probe that crossed to another clock: time to its last subscriber of all."""
        wanted = set(windows)
        return Histogram(
            max(away.last_us, home.last_us if (home := self.arrivals.get(probe)) else 0)
            for probe, away in self.arrivals_xdom.items()
            if away.window in wanted
        )

    @property
    def deliveries(self) -> int:
        """Of the whole run, settling included."""
        return sum(probe.n for probes in (self.arrivals, self.arrivals_xdom) for probe in probes.values())

    @property
    def recorded(self) -> int:
        """How many samples all histograms hold: a ledger that has it is complete."""
        return sum(histogram.n for histogram in self.histograms.values())


def _arrive(probes: Probes, probe: tuple[str, int], arrivals: Reached, seconds_ahead: int = 0) -> None:
    known = probes.get(probe)
    if known is None:
        probes[probe] = replace(arrivals, second=arrivals.second - seconds_ahead)
    else:
        known.add(arrivals)
