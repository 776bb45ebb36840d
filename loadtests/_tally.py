"""What one process has counted since it was last asked. Counts add up in any order; judges nothing."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from loadtests._accounting import Loss
from loadtests._histogram import Histogram
from loadtests._plan import Window

__all__ = ["OUTSIDE", "Delivery", "HistogramKey", "Published", "Share", "Tally"]

OUTSIDE = -1  # the phase of whatever lies outside of the plan


class HistogramKey(NamedTuple):
    """Which figure of which part of the plan; `window` is None outside of it."""

    window: Window | None
    metric: str


class Delivery:
    """One probe on its way to all subscribers: how many have it, and how long it took them."""

    __slots__ = ("deliver", "deliver_sent", "lag", "negative", "second", "window")

    def __init__(self, window: Window | None, second: int) -> None:
        self.window = window
        self.second = second  # of the wall clock, when the probe was due
        self.deliver = Histogram()
        self.deliver_sent = Histogram()
        self.lag = Histogram()
        self.negative = 0  # that came before the probe was due


class Published(NamedTuple):
    """What a source published in the end: its last number, and the numbers that nobody acknowledged."""

    final: int
    unconfirmed: frozenset[int] = frozenset()


class Share(NamedTuple):
    """One subscriber in one phase: its place in the order of connecting, its deliveries, their summed µs."""

    order: int
    n: int
    total_us: int


@dataclass(slots=True)
class Tally:
    """Counts, histograms and per-probe rows. `counts` are by (phase, what), `seconds` by (second, what)."""

    histograms: defaultdict[HistogramKey, Histogram] = field(default_factory=lambda: defaultdict(Histogram))
    deliveries: dict[tuple[str, int], Delivery] = field(default_factory=dict)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    seconds: Counter[tuple[int, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    losses: defaultdict[int, Loss] = field(default_factory=lambda: defaultdict(Loss))
    shares: defaultdict[int, list[Share]] = field(default_factory=lambda: defaultdict(list))
