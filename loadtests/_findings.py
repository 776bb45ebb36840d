"""What a scenario finds out beyond the figures of its phases: it compares them. Measures nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from loadtests._drift import Slope, slope
from loadtests._histogram import Histogram
from loadtests._plan import SECOND, Phase, Window
from loadtests._probe import topic_number
from loadtests._result import Books
from loadtests._scenario import Scenario
from loadtests._watch import RSS_MB

__all__ = ["findings", "unstruck"]

HOUR = 3_600
WINDOW_SECONDS, FEWEST_WINDOWS = 60, 20  # of a soak; a short one has shorter windows
LAGGARDS = ("stalled", "trickle")


def findings(scenario: Scenario, books: Books) -> dict[str, Any]:
    """By the name of what they are about, as keys of the result file."""
    found: dict[str, Any] = {}
    if scenario.slow_pct:
        found["slow"] = _isolation(books)
    if scenario.topics > 1:
        found["topics"] = _selectivity(books, scenario.topics)
    if scenario.drifts:
        found["drift"] = _drift(books)
    return found


def unstruck(books: Books) -> list[str]:
    """Storms that were none: reasons why a run is invalid."""
    return [
        f"phase {phase.name}: no stream was cut, so this was no storm (see errors, and --storm-hook)"
        for phase in books.plan.phases
        if phase.step.storm and phase.end_ns > phase.judged_ns and not books.ledger.counts[phase.id, "cut"]
    ]


def _isolation(books: Books) -> dict[str, Any]:
    """Good readers beside slow ones and without them; and what became of the slow ones.

    `bytes` is what was read of a stream in the end, `fed` the time (µs) until the last event was put into it,
    `lasted` until it was reset, if it was: then what lay unread is gone.
    """
    counts, phases = books.ledger.counts, {phase.name: phase for phase in books.plan.phases}
    without, beside = (_p99(books, phases.get(name)) for name in ("without", "with"))
    slow = phases.get("with")
    told: dict[str, Any] = {"p99_ratio": round(beside / without, 3) if without and beside else None}
    for kind in LAGGARDS:
        for what in (kind, f"{kind}_evicted"):
            told[what] = counts[slow.id, what] if slow else 0
        for what in (f"{kind}_bytes", f"{kind}_fed", f"{kind}_lasted"):
            told[what] = _range(books.ledger.measured(what, [Window(slow.id, judged=True)] if slow else []))
    return told


def _p99(books: Books, phase: Phase | None) -> int | None:
    if phase is None:
        return None
    return books.ledger.measured("deliver", [Window(phase.id, judged=True)]).quantile(990)


def _range(histogram: Histogram) -> dict[str, int | None]:
    some = histogram.n > 0
    return {
        "least": histogram.least if some else None,
        "median": histogram.quantile(500),
        "most": histogram.most if some else None,
    }


def _selectivity(books: Books, topics: int) -> dict[str, Any]:
    """Events that came to somebody who had not asked for them; latency by how many had."""
    leak = sum(books.ledger.counts[phase.id, "leak"] for phase in books.plan.phases)
    judged = [Window(phase.id, judged=True) for phase in books.plan.phases]
    subscribers: dict[str, int] = {}
    for (source, _), probe in books.ledger.reached().items():
        topic = books.schedules[source].topic
        subscribers[topic] = max(subscribers.get(topic, 0), probe.n)
    rows = []
    for topic in sorted(subscribers, key=topic_number):
        number = topic_number(topic)
        deliver = books.ledger.measured(f"topic {number}", judged)
        rows.append(
            {
                "topic": number,
                "subs": subscribers[topic],
                "n": deliver.n,
                "p50_us": deliver.quantile(500),
                "p99_us": deliver.quantile(990),
            }
        )
    return {"leak": leak, "count": topics, "rows": rows}


def _drift(books: Books) -> dict[str, Any]:
    """Slopes an hour: of the 99th percentile by window, and of the server's memory where it was seen."""
    seconds = [
        second
        for second in range(books.plan.begin_ns // SECOND, books.plan.end_ns // SECOND)
        if (window := books.plan.window_at(second * SECOND)) is not None and window.judged
    ]
    step = max(1, min(WINDOW_SECONDS, len(seconds) // FEWEST_WINDOWS))
    windows = [seconds[at : at + step] for at in range(0, len(seconds) - step + 1, step)]
    p99 = [_merged(books, window).quantile(990) for window in windows]
    measured = [(window[0], us) for window, us in zip(windows, p99, strict=True) if us is not None]
    memory = [(second, figures[RSS_MB]) for second in seconds if RSS_MB in (figures := _seen(books, second))]
    lost = sum(books.ledger.seconds[second, "disconnects"] for second in seconds)
    return {
        "window_s": step,
        "p99_us": p99,
        **_told("p99_us_per_h", ("p99_low", "p99_high"), _hourly(measured)),
        **_told("rss_mb_per_h", ("rss_low", "rss_high"), _hourly(memory[:: max(1, step // 2)])),
        "disconnects_per_h": round(lost * HOUR / len(seconds), 3) if seconds else None,
    }


def _merged(books: Books, seconds: Sequence[int]) -> Histogram:
    found = Histogram()
    for second in seconds:
        found.merge(books.ledger.heat.get(second, Histogram()))
    return found


def _seen(books: Books, second: int) -> Mapping[str, float]:
    return books.server.get(second, {})


def _hourly(points: Sequence[tuple[int, float]]) -> Slope | None:
    return slope([second / HOUR for second, _ in points], [value for _, value in points])


def _told(name: str, bounds: tuple[str, str], found: Slope | None) -> dict[str, float | None]:
    values = (None, None, None) if found is None else tuple(round(value, 3) for value in found)
    return dict(zip((name, *bounds), values, strict=True))
