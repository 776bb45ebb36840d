"""What there is to tell of a run that goes on: one flat record for lines, tables and JSON. Prints nothing."""

import time
from collections import Counter, deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from .latencies import Latencies
from .sink import Sink
from .tally import Tally

__all__ = ["Gauge", "Watched", "moment"]

WINDOW = 5.0  # seconds over which a rate is taken
RECENT = 1000  # POSTs whose latencies count
TOO_MANY = 429


class Watched(Protocol):
    """A run, as those who look at it see it; `share` of it is done (None: it has no end)."""

    @property
    def name(self) -> str: ...
    @property
    def phase(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def share(self) -> float | None: ...
    @property
    def slipped(self) -> float: ...
    @property
    def held(self) -> int: ...
    @property
    def faults(self) -> int: ...
    @property
    def tally(self) -> Tally: ...
    @property
    def sink(self) -> Sink | None: ...
    @property
    def truth_path(self) -> Path | None: ...
    @property
    def rejects_path(self) -> Path: ...


class Gauge:
    """Looks at a run now and then; rates are of the last seconds."""

    def __init__(self, run: Watched) -> None:
        self._run = run
        self._begin = time.monotonic()
        self._history: deque[tuple[float, int, int]] = deque([(self._begin, 0, 0)])
        self._latencies: deque[float] = deque(maxlen=RECENT)

    def figures(self) -> dict[str, Any]:
        """All figures, by the names that JSON lines have."""
        now, run, tally = time.monotonic(), self._run, self._run.tally
        self._history.append((now, tally.settled, tally.body_bytes))
        while len(self._history) > 2 and self._history[1][0] < now - WINDOW:
            self._history.popleft()
        self._latencies.extend(tally.latencies)
        tally.latencies.clear()
        messages, size = self._rates()
        under_way, at_most = run.sink.under_way if run.sink else (0, 0)
        return {
            "phase": run.phase,
            "simulated": moment(run.position),
            "share": None if run.share is None else round(run.share, 4),
            "messages": tally.generated,
            "accepted": tally.accepted,
            "duplicates": tally.duplicates,
            "rejected": tally.rejected,
            "undelivered": tally.undelivered,
            "late": tally.late,
            "held_back": run.held,
            "queued": run.sink.queued if run.sink else 0,
            "in_flight": under_way,
            "in_flight_most": at_most,
            "posts": tally.posts,
            "retries": tally.retries,
            **_classes(tally.answers),
            "megabytes": round(tally.body_bytes / 1e6, 3),
            "messages_per_s": round(messages, 1),
            "megabytes_per_s": round(size / 1e6, 3),
            "post_p95_ms": round(1000 * _quantile(list(self._latencies), 0.95), 1),
            "late_ms": _spread(tally.lateness),
            "delivery_ms": _spread(tally.delivery),
            "faults": run.faults,
            "slipped_s": round(run.slipped, 1),
            "seconds": round(now - self._begin, 2),
            "trouble": run.sink.trouble if run.sink else "",
        }

    def _rates(self) -> tuple[float, float]:
        """Messages and bytes a second."""
        (then, *before), (now, *after) = self._history[0], self._history[-1]
        passed = max(now - then, 1e-9)
        return (after[0] - before[0]) / passed, (after[1] - before[1]) / passed


def moment(t: int) -> str:
    """Simulated ms UTC, to the second."""
    return datetime.fromtimestamp(t / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _classes(answers: Counter[int]) -> dict[str, int]:
    """POSTs by their answers: 429 apart, for it asks for patience."""
    found: Counter[str] = Counter()
    for status, number in answers.items():
        found["429" if status == TOO_MANY else f"{min(status // 100, 5)}xx"] += number
    return {f"answers_{kind}": found[kind] for kind in ("2xx", "3xx", "4xx", "429", "5xx")}


def _spread(latencies: Latencies) -> dict[str, float]:
    return {f"p{share:g}": round(1000 * latencies.quantile(share / 100), 1) for share in (50, 95, 99)}


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0
