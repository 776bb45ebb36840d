"""The generator against our own server: it counts what arrives, and all of it."""

import shutil
from pathlib import Path

import pytest

from tests.bench.fanout import crowd, fan_out
from tests.bench.ingest import Way, ingest
from tests.bench.machine import cores
from tests.bench.server import BrokenError, running
from tests.peers.recipe import Recipe, recipes

OURS = recipes()["eventbahn"]

pytestmark = pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler: apt-get install gcc libc6-dev")


def test_every_delivery_is_counted_and_has_a_latency() -> None:
    load = fan_out(OURS, cores(), subscribers=30, rate=50, seconds=1)

    assert (load.subscribers, load.expected, load.delivered, load.lost) == (30, 1500, 1500, 0)
    assert 0 < load.p50 <= load.p99
    assert load.cpu > 0


def test_idle_streams_are_held_and_hear() -> None:
    found = crowd(OURS, cores(), subscribers=150, rate=5, seconds=1)

    assert (found.held, found.load.lost, found.load.delivered) == (150, 0, 750)


@pytest.mark.parametrize("log", ["memory", "sqlite"])
def test_measurements_are_taken_in_and_heard_by_all(log: str) -> None:
    found = ingest(OURS, cores(), log, Way("", batch=20, in_flight=3), subscribers=5, seconds=0.5)

    assert found.rate > 0
    assert found.p50 <= found.p99


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    broken = Recipe("broken", tmp_path / "target.toml")
    broken.file.write_text("""
        schema = 1
        target = { name = "broken", base_url = "http://127.0.0.1:${PORT}" }
        subscribe = { path = "/" }
        [process]
        start = ["python", "-c", "raise SystemExit('no such thing')"]
        ready = { tcp = "127.0.0.1:${PORT}" }
    """)

    with pytest.raises(BrokenError, match="exit code 1, and said: no such thing"), running(broken, 0):
        pytest.fail("it runs")
