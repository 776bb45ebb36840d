"""The scenarios: what each measures of whom. A figure's name says its unit."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from tests.bench.dashboard import PAGES, page
from tests.bench.fanout import Load, crowd, fan_out, saturation
from tests.bench.generator import generate
from tests.bench.ingest import WAYS, ingest
from tests.bench.machine import Cores
from tests.bench.readers import READERS, cost
from tests.bench.server import running
from tests.peers.recipe import Recipe

__all__ = ["SCENARIOS", "Job", "jobs"]

SUBSCRIBERS, RATE = 1_000, 20.0
CROWD, CROWD_RATE = 10_000, 2.0
LISTENERS = 100
SCENARIOS = {
    "start": "from the start of the process to the first byte of a stream",
    "cost": f"{SUBSCRIBERS:,} subscribers × {RATE:g} events/s",
    "saturation": f"{SUBSCRIBERS:,} subscribers, the highest rate with 99 % delivered and p99 < 1 s",
    "crowd": f"{CROWD:,} subscribers, idle, then {CROWD_RATE:g} events/s",
    "ingest": f"measurements taken in while {LISTENERS} subscribers listen",
    "dashboard": "the dashboard in Chromium: its main thread, by CPU time",
    "readers": f"what a Locust process needs for {SUBSCRIBERS:,} subscribers × {RATE:g} events/s, by client",
    "generator": f"the load tests with {CROWD:,} subscribers in one process × {CROWD_RATE:g} events/s",
}
PACKS = {"packed": ("100 subscribers to a user", 100), "each": ("a user for each", 1)}

Figures = Mapping[str, float]


class Job(NamedTuple):
    """One round. `measure` raises BrokenError."""

    scenario: str
    subject: str
    name: str  # of the subject, for people
    measure: Callable[[], Figures]


def jobs(
    scenario: str, peers: Mapping[str, Recipe], where: Cores, rounds: int, seconds: float, most: int
) -> Iterator[Job]:
    """All rounds of a scenario; subjects alternate. `most`: streams that there are descriptors for."""
    alone: dict[str, Callable[[Recipe], Iterator[Job]]] = {  # what concerns only ours
        "ingest": lambda ours: ingesting(ours, where, rounds, seconds),
        "dashboard": lambda _: watching(rounds, seconds),
        "readers": lambda ours: reading(ours, where, rounds, seconds, most),
        "generator": lambda ours: generating(ours, where, seconds, most),
    }
    if scenario in alone:
        yield from alone[scenario](peers["eventbahn"]) if "eventbahn" in peers else ()
        return
    measures: dict[str, Callable[[Recipe], Figures]] = {
        "start": lambda peer: start(peer, where),
        "cost": lambda peer: of_load(fan_out(peer, where, min(SUBSCRIBERS, most), RATE, seconds)),
        "saturation": lambda peer: highest(saturation(peer, where, min(SUBSCRIBERS, most), seconds / 2)),
        "crowd": lambda peer: of_crowd(peer, where, min(CROWD, most), seconds),
    }
    once = scenario in {"saturation", "crowd"}  # they take their time
    for _ in range(1 if once else rounds):
        for key, peer in peers.items():
            yield Job(scenario, key, peer.name, lambda peer=peer: measures[scenario](peer))  # type: ignore[misc] # bound early


def watching(rounds: int, seconds: float) -> Iterator[Job]:
    for _ in range(rounds):
        for key, (name, *_) in PAGES.items():
            yield Job("dashboard", key, name, partial(page, key, 2 * seconds))


def ingesting(ours: Recipe, where: Cores, rounds: int, seconds: float) -> Iterator[Job]:
    for _ in range(rounds):
        for key, way in WAYS.items():
            for log in ("memory", "sqlite"):

                def measure(way: str = key, log: str = log) -> Figures:
                    found = ingest(ours, where, log, WAYS[way], LISTENERS, seconds)
                    return {
                        "measurements_per_second": found.rate,
                        "microseconds": found.cpu * 1e6,
                        "p50_ms": found.p50 * 1e3,
                        "p99_ms": found.p99 * 1e3,
                        "share": found.share * 100,
                        "generator": found.busy,
                    }

                yield Job("ingest", f"{key} {log}", f"{way.name}, {log}", measure)


def reading(ours: Recipe, where: Cores, rounds: int, seconds: float, most: int) -> Iterator[Job]:
    for _ in range(rounds):
        for way in READERS:

            def measure(way: str = way) -> Figures:
                found = cost(ours, way, where, min(SUBSCRIBERS, most), RATE, seconds)
                return {"microseconds": found.microseconds, "kib": found.bytes_each / 1024}

            yield Job("readers", way, way, measure)


def generating(ours: Recipe, where: Cores, seconds: float, most: int) -> Iterator[Job]:
    for key, (name, pack) in PACKS.items():

        def measure(pack: int = pack) -> Figures:
            subscribers = min(CROWD, most - most % pack)
            found = generate(ours, where, subscribers, pack, CROWD_RATE, seconds)
            return {
                "subscribers": found.subscribers,
                "kib": found.bytes_each / 1024,
                "microseconds": found.microseconds,
                "p99_ms": found.p99 * 1e3,
                "lost": found.lost,
                "invalid": len(found.invalid),
            }

        yield Job("generator", key, name, measure)


def start(peer: Recipe, where: Cores) -> Figures:
    with running(peer, where.server) as server:
        return {"seconds": server.seconds, "cpu_seconds": server.cpu()}


def of_load(load: Load) -> Figures:
    return {
        "microseconds": load.microseconds,
        "p50_ms": load.p50 * 1e3,
        "p99_ms": load.p99 * 1e3,
        "expected": load.expected,
        "lost": load.lost,
        "generator": load.busy,
    }


def highest(tried: list[Load]) -> Figures:
    """Of the highest rate that held; nothing held: zero deliveries a second."""
    held = [load for load in tried if load.sustained]
    best = max(held or tried[-1:], key=lambda load: load.rate)
    return {**of_load(best), "deliveries_per_second": best.rate * best.subscribers if held else 0.0}


def of_crowd(peer: Recipe, where: Cores, subscribers: int, seconds: float) -> Figures:
    found = crowd(peer, where, subscribers, CROWD_RATE, seconds)
    return {**of_load(found.load), "asked": subscribers, "held": found.held, "kib": found.bytes_each / 1024}
