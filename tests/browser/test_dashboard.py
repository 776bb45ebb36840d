"""What the page shows: before the first device, with a fleet, and to who has only a keyboard."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import DEADLINE, EVENTBAHN, Serve, first_line

SNIPPET = """
const source = new EventSource("/events");
source.addEventListener("measurement", e => show(JSON.parse(e.data)));
"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The base URL of `eventbahn demo` on a free port."""
    command = [*EVENTBAHN, "demo", "--no-browser", "--port", "0", "--log", f"sqlite:{tmp_path / 'demo.db'}"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    yield first_line(process)
    process.terminate()
    process.communicate(timeout=DEADLINE)


def test_a_fleet_is_alive(page: Page, demo: str) -> None:
    page.goto(demo)
    cells = page.locator("#grid .cell")
    expect(cells.nth(49)).to_be_attached()
    before = page.locator("#grid").text_content() or ""

    expect(page.locator("#grid")).not_to_have_text(before)
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    expect(page.locator("html")).to_have_attribute("data-gaps", "0")
    expect(page.locator("html")).to_have_attribute("data-duplicates", "0")
    assert cells.count() >= 50
    assert page.locator("#quantities input").count() == page.locator("#detail figure").count() >= 2


def test_the_snippet_of_the_story_works_word_for_word(page: Page, serve: Serve) -> None:
    served = serve()
    page.goto(served.url)
    page.evaluate(
        "() => new Promise((open, fail) => {"
        "  window.shown = new Promise((resolve) => (window.show = resolve));"
        f" {SNIPPET}"
        "  source.onopen = open; source.onerror = fail; })"
    )

    httpx.post(f"{served.url}/measurements", json={"device": "sensor-03", "value": 19.2}, trust_env=False)

    assert page.evaluate("() => window.shown") == {"device": "sensor-03", "value": 19.2}


def test_without_devices_the_page_says_how_to_start_some(page: Page, serve: Serve) -> None:
    served = serve()
    page.goto(served.url)
    expect(page.locator("#empty")).to_be_visible()
    expect(page.locator("#fleet-command")).to_have_text(f"eventbahn fleet run office --url {served.url}")

    httpx.post(f"{served.url}/measurements", json={"device": "sensor-03", "value": 19.2}, trust_env=False)

    expect(page.locator("#empty")).to_be_hidden()
    expect(page.locator("#grid [data-device=sensor-03] .value")).to_have_text("19.2")


def test_the_keyboard_selects_a_device(page: Page, serve: Serve) -> None:
    served = serve()
    devices = ["room-1", "room-2", "room-10"]
    items = [{"device": device, "values": {"temp": 20, "co2": 600}} for device in devices]
    httpx.post(f"{served.url}/measurements", json=items, trust_env=False).raise_for_status()
    page.goto(served.url)
    expect(page.locator("#detail-title")).to_have_text("room-1")

    page.locator("#grid input:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#detail-title")).to_have_text("room-2")
    page.keyboard.press("ArrowDown")

    expect(page.locator("#detail-title")).to_have_text("room-10")
    assert [name.strip() for name in page.locator("#grid .name").all_inner_texts()] == devices


def test_a_server_that_refuses_is_said_and_asked_again(page: Page, serve: Serve) -> None:
    served = serve()
    page.route("**/snapshot", lambda route: route.fulfill(status=503))
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-state", "closed")
    expect(page.locator("#age")).to_contain_text("/snapshot answered 503")

    page.unroute("**/snapshot")
    page.locator("#again").click()

    expect(page.locator("html")).to_have_attribute("data-state", "live")
