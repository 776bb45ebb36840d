"""Locust's own statistics, fed with whole histograms: its tables, charts and CSV show the run.

Firing `events.request` for each delivery would double its cost, so listeners of that event hear nothing.
"""

import time
from collections import defaultdict

from locust.stats import RequestStats, StatsEntry, StatsError

from loadtests._histogram import Histogram
from loadtests._ledger import Ledger

__all__ = ["Feed"]

ROWS = {
    "connect": ("SSE", "connect"),
    "first_event": ("SSE", "first event"),
    "deliver": ("SSE", "deliver"),
    "deliver_xdom": ("SSE", "deliver across clocks"),
    "last_subscriber": ("SSE", "last subscriber"),
    "replay": ("SSE", "replay"),
    "reconnect": ("SSE", "reconnect"),
    "publish": ("POST", "publish"),
}
FAILURES = {
    "connect": ("SSE", "connect"),
    "stream": ("SSE", "stream"),
    "publish": ("POST", "publish"),
    "storm": ("SSE", "storm"),
}
SECONDS = {"deliver": "deliveries", "publish": "published", "connect": "conn_ok"}
RIPE_SECONDS = 6  # after it was due, a probe has reached its last subscriber, or is shown as if it had
DIGITS = 3


class Feed:
    """Rows of Locust's table; `last subscriber` comes some seconds late, when it can be known."""

    def __init__(self, stats: RequestStats) -> None:
        self._stats = stats
        self._growing: dict[tuple[str, int], tuple[int, int]] = {}  # probe → second it was due, longest µs

    def add(self, ledger: Ledger) -> None:
        """Show what was counted within the last seconds."""
        found: defaultdict[str, Histogram] = defaultdict(Histogram)
        for key, histogram in ledger.histograms.items():
            found[key.metric].merge(histogram)
        for arrivals in (ledger.arrivals, ledger.arrivals_xdom):
            for probe, those in arrivals.items():
                _, longest = self._growing.get(probe, (0, 0))
                self._growing[probe] = (those.second, max(longest, those.last_us))
        found["last_subscriber"] = self._ripe(time.time() - RIPE_SECONDS)
        for metric in found.keys() & ROWS.keys():
            self._row(*ROWS[metric], found[metric], _by_second(ledger, metric))
        for reason, times in ledger.errors.items():
            kind, _, what = reason.partition(": ")
            self.fail(*FAILURES[kind], what, times)

    def close(self) -> None:
        """Nothing more will come: show what was held back."""
        self._row(*ROWS["last_subscriber"], self._ripe(float("inf")), {})

    def fail(self, method: str, name: str, what: str, times: int) -> None:
        """Show a failure that happened so many times."""
        stats, now = self._stats, time.time()
        key = StatsError.create_key(method, name, what)
        error = stats.errors.setdefault(key, StatsError(method, name, what))
        error.occurrences += times
        error.first_seen = error.first_seen or now
        error.last_seen = now
        for entry in (stats.entries[name, method], stats.total):
            entry.num_failures += times
            entry.num_fail_per_sec[int(now)] += times

    def _ripe(self, before: float) -> Histogram:
        ripe = [probe for probe, (second, _) in self._growing.items() if second < before]
        return Histogram(self._growing.pop(probe)[1] for probe in ripe)

    def _row(self, method: str, name: str, histogram: Histogram, seconds: dict[int, int]) -> None:
        if not histogram.n:
            return
        stats, now = self._stats, time.time()
        entry = StatsEntry(stats, name, method)
        entry.start_time = stats.total.start_time or now
        entry.last_request_timestamp = now
        entry.num_requests = histogram.n
        entry.num_reqs_per_sec = defaultdict(int, seconds or {int(now) - 1: histogram.n})
        # Locust's annotations say whole ms; it computes with floats as well (2.43.4, #3373)
        entry.total_response_time = histogram.total / 1000  # type: ignore[assignment] # as said
        entry.min_response_time = _ms(histogram.least)  # type: ignore[assignment] # as said
        entry.max_response_time = _ms(histogram.most)  # type: ignore[assignment] # as said
        times: defaultdict[float, int] = defaultdict(int)
        for us, n in histogram.counts.items():
            times[_ms(us)] += n
        entry.response_times = times  # type: ignore[assignment] # as said
        for row in (stats.entries[name, method], stats.total):
            row.extend(entry)


def _by_second(ledger: Ledger, metric: str) -> dict[int, int]:
    """Workers report several seconds at once, which a chart should not show as one."""
    what = SECONDS.get(metric)
    return {second: n for (second, counted), n in ledger.seconds.items() if counted == what}


def _ms(us: int) -> float:
    return float(f"{us / 1000:.{DIGITS}g}")
