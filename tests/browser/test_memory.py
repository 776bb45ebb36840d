"""What a page holds does not grow with what it has seen."""

import time
from collections.abc import Sequence

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.load import Vitals, posting, shown
from tests.conftest import Serve

MINUTES = 10
WARM_SECONDS = 420  # until the rings of 2,048 samples are full at 5 Hz
EVERY_SECONDS = 10
MEGABYTE = 1e6


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Per second, by least squares."""
    return float(np.polyfit(times, values, 1)[0])


def held(vitals: Vitals) -> tuple[float, float]:
    """Bytes and nodes, without garbage."""
    found = vitals.now(collected=True)
    return found["JSHeapUsedSize"], found["Nodes"]


def test_four_times_the_events_take_no_more_memory(page: Page, serve: Serve) -> None:
    """A short look; the long one is `make soak`."""
    url = serve().url
    page.goto(url)
    vitals = Vitals(page)

    with posting(url, devices=5, rate=2_000):
        first = taken_in(page, 1_000)
        heap, nodes = held(vitals)
        taken_in(page, 4 * first)
        later, more = held(vitals)

    assert later < heap + MEGABYTE / 2
    assert more < nodes + 100


def taken_in(page: Page, events: int) -> int:
    """Wait for so many; how many there are then."""
    enough = f"() => +document.documentElement.dataset.events >= {events}"
    page.wait_for_function(enough, polling=50, timeout=60_000)
    return shown(page, "events")


@pytest.mark.soak
@pytest.mark.timeout(MINUTES * 60 + 600)
def test_ten_minutes_of_a_fleet_leave_memory_flat(page: Page, serve: Serve) -> None:
    url = serve("--retain", "20000").url
    page.goto(url)
    vitals, times, heaps, nodes = Vitals(page), [], [], []
    begin = time.monotonic()

    with posting(url, devices=500, rate=2_500):
        page.wait_for_timeout(WARM_SECONDS * 1000)
        while (now := time.monotonic() - begin) < WARM_SECONDS + MINUTES * 60:
            heap, count = held(vitals)
            times.append(now)
            heaps.append(heap)
            nodes.append(count)
            page.wait_for_timeout(EVERY_SECONDS * 1000)

    print(
        f"heap {heaps[0] / 1e6:.2f} → {heaps[-1] / 1e6:.2f} MB, {3600 * slope(times, heaps) / 1e6:+.2f} MB/h"
    )
    print(f"nodes {nodes[0]:.0f} → {nodes[-1]:.0f}, after {shown(page, 'events'):,} events")
    assert abs(slope(times, heaps)) * 60 * MINUTES < MEGABYTE / 2
    assert abs(slope(times, nodes)) * 60 * MINUTES < 500
    assert shown(page, "gaps") == 0
