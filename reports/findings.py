"""What a scenario found beyond latencies and losses, as tables: who came back, what was refused."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reports.load_schema import Load, Phase
from reports.units import ABSENT, count

__all__ = ["Table", "findings"]

MOST_ROWS = 40


class Table(NamedTuple):
    """A table of text; all columns but the first are numbers."""

    title: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


# key → heading; a key that is not here is shown by its own name
NAMES = {
    "cut": "Cut",
    "reconnects": "Came back",
    "back50_ms": "50 % after, ms",
    "back95_ms": "95 % after, ms",
    "back99_ms": "99 % after, ms",
    "back100_ms": "All after, ms",
    "refused": "Attempts refused",
    "http_429": "429",
    "http_4xx": "Other 4xx",
    "http_5xx": "5xx",
    "http_other": "Other answers",
    "gap": "Missed for good",
    "replayed": "Replayed",
    "dup": "Sent again",
    "catchup_p99_us": "Caught up after, p99 µs",
    "none": "No answer",
    "unsent": "Never sent",
    "other": "Other",
    "left": "Left",
    "abandoned": "Left before they were let in",
    "jain": "Jain's index",
    "mean_p10_us": "Mean of the fast 10 %, µs",
    "mean_p90_us": "Mean of the slow 10 %, µs",
    "order_corr": "Correlation with the order of connecting",
    "subscribers": "Subscribers",
    "missed": "Missed",
    "topic": "Topic",
    "subs": "Subscribers",
    "n": "Deliveries",
    "p50_us": "p50, µs",
    "p99_us": "p99, µs",
}
OF_PHASES = {
    "resume": ("Coming back", "Subscribers whose stream was lost. A dash: so many did not come back."),
    "answers": ("Probes that were not taken", "What the server said to publishers, besides yes."),
    "churn": (
        "Coming and going",
        "Subscribers that left as planned, and that left before they had a stream.",
    ),
    "fairness": ("Fairness", "1 is perfectly fair. Order: near 1, who connected first is served first."),
}
OF_RUN = {
    "slow": (
        "Slow readers",
        "The p99 of good readers beside slow ones, in units of that without; ends in bytes and µs.",
    ),
    "drift": ("Drift", "As the load test itself computed it: per hour, with its 95 % interval."),
}


def findings(result: Load) -> list[Table]:
    """Only what there is something to say about."""
    return list(tables(result))


def tables(result: Load) -> Iterator[Table]:
    if result.capacity:
        yield capacity(result.capacity)
    for group, (title, caption) in OF_RUN.items():
        if found := getattr(result, group):
            rows = list(flat(found))
            yield Table(title, caption, ("Figure", "Value"), rows)
    if result.topics:
        yield topics(result.topics)
    for group, (title, caption) in OF_PHASES.items():
        of_phases = [(phase, getattr(phase, group)) for phase in result.phases]
        if any(value for _, found in of_phases for key, value in found.items() if key != "jain"):
            yield by_phase(title, caption, of_phases)


def by_phase(title: str, caption: str, found: Sequence[tuple[Phase, Mapping[str, Any]]]) -> Table:
    """A line per phase; columns that are empty everywhere are left out."""
    keys = list(dict.fromkeys(key for _, values in found for key in values))
    keys = [key for key in keys if any(values.get(key) for _, values in found)]
    rows = [(phase.name, *(told(values.get(key)) for key in keys)) for phase, values in found]
    return Table(title, caption, ("Phase", *(named(key) for key in keys)), rows[:MOST_ROWS])


def capacity(found: Mapping[str, Any]) -> Table:
    limit = found.get("limit")
    why = f"The next level missed {limit}." if limit else "No level missed an objective."
    trials = [trial for trial in found.get("trials") or [] if isinstance(trial, dict)]
    rows = [
        (told(trial.get("subscribers")), told(trial.get("missed")) if trial.get("missed") else "held")
        for trial in trials
    ]
    title = f"Capacity: {told(found.get('subscribers'))} subscribers"
    return Table(
        title, f"{why} Every level that was tried, in order.", ("Subscribers", "Objectives"), rows[:MOST_ROWS]
    )


def topics(found: Mapping[str, Any]) -> Table:
    rows = [row for row in found.get("rows") or [] if isinstance(row, dict)]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    leak = found.get("leak")
    told_leak = (
        f"{told(leak)} events reached somebody who had not asked for them."
        if leak
        else "No event reached anybody who had not asked for it."
    )
    lines = [tuple(told(row.get(key)) for key in keys) for row in rows]
    return Table("Topics", told_leak, [named(key) for key in keys], lines[:MOST_ROWS])


def flat(found: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Numbers, also those one level down."""
    for key, value in found.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{named(key)}, ")
        elif not isinstance(value, list):
            yield f"{prefix}{named(key)}", told(value)


def named(key: str) -> str:
    return NAMES.get(key, key.replace("_", " "))


def told(value: Any) -> str:
    match value:
        case None:
            return ABSENT
        case bool():
            return "yes" if value else "no"
        case int():
            return count(value)
        case float():
            return f"{value:.4g}"
        case list():
            return ", ".join(map(str, value)) or ABSENT
    return str(value)
