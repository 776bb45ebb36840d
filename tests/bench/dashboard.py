"""The dashboard in a real browser: what rates of events cost its main thread, and whether it keeps up."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from tests.bench.server import BrokenError
from tests.browser.load import SCREEN, TOWER, cost

__all__ = ["PAGES", "page"]

FLEET, FLOOD = 2_500, 10_000  # events per second
PAGES = {  # by key: the words for it, the rate, and the height of the window
    "fleet": (f"500 devices × 5 Hz, a screen of {SCREEN} px", FLEET, SCREEN),
    "tower": (f"500 devices × 5 Hz, {TOWER:,} px: all in sight", FLEET, TOWER),
    "flood": (f"{FLOOD:,} events/s from 500 devices", FLOOD, SCREEN),
}


def page(key: str, seconds: float) -> Mapping[str, float]:
    """One round, on all cores: Chromium is several processes. Raises BrokenError."""
    _, rate, height = PAGES[key]
    with everywhere():
        try:
            found = cost(500, rate, seconds, height)
        except click.ClickException as lacking:
            raise BrokenError(lacking.message) from None
    return {
        "events_per_second": found.rate,
        "share": found.share * 100,
        "behind_ms": 1e3 * found.behind / rate,
        "gaps": found.gaps,
        "heap_mb": found.heap,
    }


@contextmanager
def everywhere() -> Iterator[None]:
    """All cores of the machine for what is started meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
