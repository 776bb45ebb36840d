"""What the reference server should reach, beside what it reached. Ratios within one run. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.bench.records import Records
from tests.peers.recipe import Recipe

__all__ = ["OURS", "PACKED", "Target", "judged"]

OURS, HUB = "eventbahn", "nchan"
PACKED, ONLY_READ = "packed", "packed, reading only"


class Target(NamedTuple):
    """`met` is None where the run cannot say."""

    what: str
    wanted: str
    found: str
    met: bool | None


def judged(records: Records, peers: Mapping[str, Recipe]) -> list[Target]:
    """All targets, in the order of the scenarios."""

    def ours(scenario: str, name: str, subject: str = OURS) -> float | None:
        return records.median(scenario, subject, name)

    def ratio(scenario: str, name: str, to: float | None) -> float | None:
        mine = ours(scenario, name)
        return mine / to if mine is not None and to else None

    def best_python(name: str) -> float | None:
        found = [records.median("cost", key, name) for key, peer in peers.items() if peer.kind == "python"]
        return min((each for each in found if each is not None), default=None)

    hub = {
        name: records.median(scenario, HUB, name)
        for scenario, name in [
            ("cost", "microseconds"),
            ("cost", "p99_ms"),
            ("saturation", "deliveries_per_second"),
        ]
    }
    lost = [ours(scenario, "lost") for scenario in ("cost", "crowd")]
    return [
        at_most("start to first byte", ours("start", "seconds"), 0.5, "{:.2f} s"),
        at_most(
            "CPU per delivery, to nchan's",
            ratio("cost", "microseconds", hub["microseconds"]),
            0.85,
            "{:.2f} ×",
        ),
        at_most(
            "CPU per delivery, to the best Python library's",
            ratio("cost", "microseconds", best_python("microseconds")),
            1 / 3,
            "{:.2f} ×",
        ),
        at_most("p99, to nchan's", ratio("cost", "p99_ms", hub["p99_ms"]), 1, "{:.2f} ×"),
        at_least(
            "deliveries/s sustained, to nchan's",
            ratio("saturation", "deliveries_per_second", hub["deliveries_per_second"]),
            5,
            "{:.1f} ×",
        ),
        at_least("streams held", ours("crowd", "held"), 10_000, "{:,.0f}"),
        at_most("RSS of an idle stream", ours("crowd", "kib"), 12, "{:.1f} KiB"),
        at_most("events lost", None if None in lost else sum(each or 0 for each in lost), 0, "{:,.0f}"),
        at_least(
            "measurements/s in batches of 500, durable",
            ours("ingest", "measurements_per_second", "batches sqlite"),
            50_000,
            "{:,.0f}",
        ),
        at_least(
            "single POSTs/s, durable",
            ours("ingest", "measurements_per_second", "singles sqlite"),
            3_000,
            "{:,.0f}",
        ),
        *pages(ours),
        *loads(ours),
    ]


def pages(ours: Callable[[str, str, str], float | None]) -> list[Target]:
    """Of the dashboard: what it costs the main thread of a browser, and whether it keeps up."""
    share = ours("dashboard", "share", "fleet")
    taken = ours("dashboard", "events_per_second", "flood")
    behind = ours("dashboard", "behind_ms", "flood")
    return [
        at_most("dashboard: main thread for 500 devices × 5 Hz", share, 30, "{:.0f} %"),
        at_least("dashboard: events/s taken in of 10,000", taken, 9_500, "{:,.0f}"),
        at_most("dashboard: how far behind then", behind, 500, "{:.0f} ms"),
    ]


def loads(ours: Callable[[str, str, str], float | None]) -> list[Target]:
    """Of the load tests: what it costs them to measure."""
    micros, kib = "{:.1f} µs", "{:.2f} KiB"
    return [
        at_most("load: CPU to read an event", ours("readers", "microseconds", ONLY_READ), 8, micros),
        at_most("load: CPU to account for it, too", ours("readers", "microseconds", PACKED), 15, micros),
        at_most("load: a subscriber of 10,000, packed", ours("generator", "kib", "packed"), 2, kib),
        at_most("load: a subscriber that is a user", ours("generator", "kib", "each"), 20, kib),
    ]


def at_most(what: str, found: float | None, limit: float, form: str) -> Target:
    return target(what, found, limit, form, "≤", lambda value: value <= limit)


def at_least(what: str, found: float | None, limit: float, form: str) -> Target:
    return target(what, found, limit, form, "≥", lambda value: value >= limit)


def target(
    what: str, found: float | None, limit: float, form: str, sign: str, holds: Callable[[float], bool]
) -> Target:
    shown = "not measured" if found is None else form.format(found)
    return Target(what, f"{sign} {form.format(limit)}", shown, None if found is None else holds(found))
