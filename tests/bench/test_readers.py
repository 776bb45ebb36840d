"""Each reader does the work that it is measured by; a run is told from what was seen of it."""

import pytest

from tests.bench.generator import Look, told
from tests.bench.machine import cores
from tests.bench.readers import cost
from tests.bench.server import BrokenError
from tests.peers.recipe import recipes


@pytest.mark.parametrize("way", ["packed", "httpx-sse"])
def test_every_event_is_read_by_every_stream(way: str) -> None:
    found = cost(recipes()["eventbahn"], way, cores(), subscribers=120, rate=20, seconds=1)

    assert found.expected == 20 * 120
    assert found.events >= found.expected
    assert found.cpu > 0


def phase(subscribers: int, begin: float, n: int) -> dict[str, object]:
    return {
        "subs": subscribers,
        "t": [begin, begin + 10],
        "judged": [begin + 6, begin + 10],
        "metrics": {"deliver": {"n": n, "p99_us": 2_500}},
        "loss": {"lost": 3},
    }


def test_a_run_is_told_by_what_was_seen_while_it_was_judged() -> None:
    result = {
        "run": {"started": "1970-01-01T00:01:40.000Z"},
        "phases": [phase(100, 0, 9), phase(1_100, 10, 50_000)],
        "invalid": [],
    }
    looks = [Look(100 + second, cpu=second / 10, rss=5_000_000 + second * 100_000) for second in range(24)]

    found = told(result, looks)

    assert (found.subscribers, found.deliveries, found.lost, found.p99) == (1_100, 50_000, 3, 0.0025)
    assert found.bytes_each == (7_000_000 - 6_000_000) / 1_000
    assert found.cpu == pytest.approx(0.4)
    assert found.microseconds == pytest.approx(8.0)


def test_half_a_run_is_none() -> None:
    with pytest.raises(BrokenError, match="did not get far: stopped before the plan was through"):
        told({"phases": [{}], "invalid": ["stopped before the plan was through"]}, [])
