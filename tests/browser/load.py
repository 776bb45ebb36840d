"""`python -m tests.browser.load`: what a steady rate costs a page's main thread, by Chromium's own clocks."""

import json
import os
import subprocess
import time
from threading import Event, Thread

import click
import httpx
from playwright.sync_api import CDPSession, Page

from tests.browser.chromium import installed, launched
from tests.conftest import EVENTBAHN, first_line

BATCH = 500
WARM = 5.0  # seconds before the measurement


@click.command()
@click.option("--devices", default=500, show_default=True)
@click.option("--rate", default=2_500, show_default=True, help="Events per second, of all devices together.")
@click.option("--seconds", default=20.0, show_default=True)
def load(devices: int, rate: int, seconds: float) -> None:
    """Post RATE events a second, and say what share of a core the page's main thread took for them."""
    chromium = installed()
    if chromium is None:
        raise click.ClickException("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    command = [*EVENTBAHN, "serve", "--port", "0", "--log", "memory"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        launched(chromium) as browser,
    ):
        enough = Event()
        try:
            url = first_line(server)
            posting = Thread(target=post, args=(url, devices, rate, enough))
            posting.start()
            page = browser.new_page(viewport={"width": 1200, "height": 800})
            page.goto(url)
            page.wait_for_timeout(WARM * 1000)
            click.echo(measured(page, seconds))
        finally:
            enough.set()
            server.terminate()
            posting.join()


def measured(page: Page, seconds: float) -> str:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU, whoever else has the machine
    before, events, begin = metrics(session), shown(page, "events"), time.monotonic()
    page.wait_for_timeout(seconds * 1000)
    after, took = metrics(session), time.monotonic() - begin
    events = shown(page, "events") - events
    busy = after["TaskDuration"] - before["TaskDuration"]
    gaps = shown(page, "gaps")
    heap = after["JSHeapUsedSize"] / 1e6
    return (
        f"{events / took:,.0f} events/s shown, {busy / took:.0%} of a core in the main thread, "
        f"{gaps} gaps, heap {heap:.0f} MB, load average {os.getloadavg()[0]:.1f}"
    )


def metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def shown(page: Page, figure: str) -> int:
    return int(page.locator("html").get_attribute(f"data-{figure}") or 0)


def post(url: str, devices: int, rate: int, enough: Event) -> None:
    """In batches, on time: a late one is made up for."""
    begin, sent = time.monotonic(), 0
    with httpx.Client(trust_env=False) as client:
        while not enough.is_set():
            items = [
                {
                    "device": f"room-{at % devices:03}",
                    "boot": 1,
                    "seq": at // devices,
                    "ts": round(1.7e12 + 1000 * at / rate),
                    "values": {"temp": round(20 + at % 97 / 50, 2)},
                }
                for at in range(sent, sent + BATCH)
            ]
            head = {"Content-Type": "application/json"}
            client.post(f"{url}/measurements", content=json.dumps(items), headers=head).raise_for_status()
            sent += BATCH
            enough.wait(max(0.0, begin + sent / rate - time.monotonic()))


if __name__ == "__main__":
    load()
