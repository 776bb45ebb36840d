"""`python -m tests.browser.load`: what a steady rate costs a page's main thread, by Chromium's own clocks."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import NamedTuple

import click
import httpx
from playwright.sync_api import CDPSession, Page

from tests.browser.chromium import installed, launched
from tests.conftest import DEADLINE, EVENTBAHN, first_line

__all__ = ["MISSING", "Cost", "Poster", "Vitals", "cost", "posting", "shown"]

MISSING = "no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it"
BATCHES = 10  # requests per second, at most 500 events each
BATCH = 500
WARM = 5.0  # seconds before the measurement
SCREEN, TOWER = 800, 6_000  # px: a screen's height, and one that has all cells of 500 devices in sight


class Cost(NamedTuple):
    """What a page took for a rate. `share` is that of a core, of its main thread alone, by CPU time.

    `behind` are events that were posted and acknowledged and not yet taken in by the page, in the end.
    """

    rate: float  # events per second that the page took in
    share: float
    behind: int
    gaps: int
    heap: float  # MB


class Vitals:
    """Chromium's own figures of a page, in CPU time, whoever else has the machine."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now(self, *, collected: bool = False) -> dict[str, float]:
        """By name; `collected`: with the garbage taken out before."""
        if collected:
            self._session.send("HeapProfiler.collectGarbage")
        found = self._session.send("Performance.getMetrics")["metrics"]
        return {each["name"]: each["value"] for each in found}


class Poster:
    """Posts in batches, on time: a late one is made up for."""

    def __init__(self, url: str, devices: int, rate: int) -> None:
        self.acknowledged = 0
        self._url, self._devices, self._rate = url, devices, rate
        self._size = min(BATCH, max(1, rate // BATCHES))

    def until(self, enough: Event) -> None:
        """Raises httpx.HTTPError."""
        begin = time.monotonic()
        with httpx.Client(trust_env=False, timeout=DEADLINE) as client:
            while not enough.is_set():
                first = self.acknowledged
                body = json.dumps([self._item(at) for at in range(first, first + self._size)])
                head = {"Content-Type": "application/json"}
                client.post(f"{self._url}/measurements", content=body, headers=head).raise_for_status()
                self.acknowledged += self._size
                enough.wait(max(0.0, begin + self.acknowledged / self._rate - time.monotonic()))

    def _item(self, at: int) -> dict[str, object]:
        return {
            "device": f"room-{at % self._devices:03}",
            "boot": 1,
            "seq": at // self._devices,
            "ts": round(1.7e12 + 1000 * at / self._rate),
            "values": {"temp": round(20 + at % 97 / 50, 2)},
        }


@contextmanager
def posting(url: str, devices: int, rate: int) -> Iterator[Poster]:
    """Events at that rate for as long as this lasts."""
    enough, poster = Event(), Poster(url, devices, rate)
    thread = Thread(target=poster.until, args=(enough,))
    thread.start()
    try:
        yield poster
    finally:
        enough.set()
        thread.join()


def shown(page: Page, figure: str) -> int:
    """What the page says of itself."""
    return int(page.locator("html").get_attribute(f"data-{figure}") or 0)


def cost(devices: int, rate: int, seconds: float, height: int = SCREEN) -> Cost:
    """Start a server and a page, post, and measure. Raises click.ClickException without a Chromium."""
    chromium = installed()
    if chromium is None:
        raise click.ClickException(MISSING)
    command = [*EVENTBAHN, "serve", "--port", "0", "--log", "memory"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = first_line(server)
            with launched(chromium) as browser:
                page = browser.new_page(viewport={"width": 1200, "height": height})
                page.goto(url)
                page.wait_for_selector("html[data-state=live]")
                with posting(url, devices, rate) as poster:
                    page.wait_for_timeout(WARM * 1000)
                    return measured(page, poster, seconds)
        finally:
            server.terminate()


def measured(page: Page, poster: Poster, seconds: float) -> Cost:
    vitals = Vitals(page)
    before, events, begin = vitals.now(), shown(page, "events"), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    acknowledged = poster.acknowledged
    after, took = vitals.now(), time.monotonic() - begin
    page.wait_for_timeout(200)  # two frames, in which the page writes how far it is
    until = shown(page, "events")
    busy = after["TaskDuration"] - before["TaskDuration"]
    rate = (until - events) / (time.monotonic() - begin)
    heap = after["JSHeapUsedSize"] / 1e6
    return Cost(rate, busy / took, max(0, acknowledged - until), shown(page, "gaps"), heap)


@click.command()
@click.option("--devices", default=500, show_default=True)
@click.option("--rate", default=2_500, show_default=True, help="Events per second, of all devices together.")
@click.option("--seconds", default=20.0, show_default=True)
@click.option(
    "--height", default=SCREEN, show_default=True, help="Of the window: only cells in sight are drawn."
)
def load(devices: int, rate: int, seconds: float, height: int) -> None:
    """Post RATE events a second, and say what share of a core the page's main thread took for them."""
    found = cost(devices, rate, seconds, height)
    click.echo(
        f"{found.rate:,.0f} events/s shown, {found.share:.0%} of a core in the main thread, "
        f"{found.behind} behind, {found.gaps} gaps, heap {found.heap:.0f} MB, "
        f"load average {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    load()
