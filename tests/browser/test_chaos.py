"""The demo's panel: whatever it breaks, nothing is lost, and the page says what happened."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.demo import demo_of
from tests.conftest import DEADLINE, Serve

RED = """(canvas) => {  // whether a mark is in it
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) {
        if (data[i] > 150 && data[i + 1] < 90 && data[i + 2] < 90 && data[i + 3] > 200) return true;
    }
    return false;
}"""
TIMES = 6  # DEADLINEs that a recovery may take on a machine that does much else


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demo_of(tmp_path_factory.mktemp("demo"), "--devices", "5") as url:
        yield url


@pytest.fixture
def panel(page: Page, demo: str) -> Page:
    page.goto(demo)
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    expect(page.locator("html")).not_to_have_attribute("data-events", "0")
    return page


def press(page: Page, name: str) -> str:
    """Press a button of the panel; what the page says when it is done."""
    page.get_by_role("button", name=name).click()
    expect(page.locator("#chaos output")).not_to_be_empty(timeout=TIMES * DEADLINE * 1000)
    expect(page.locator("#chaos")).not_to_have_attribute("data-busy", "", timeout=TIMES * DEADLINE * 1000)
    return page.locator("#chaos output").inner_text()


def nothing_is_lost(page: Page) -> None:
    for figure in ("gaps", "duplicates", "resets", "skipped"):
        expect(page.locator("html")).to_have_attribute(f"data-{figure}", "0")


def test_a_stream_that_was_cut_comes_back(panel: Page) -> None:
    said = press(panel, "Cut my stream")

    assert said.startswith("The server reset this page's connection. The browser came back by itself")
    assert said.endswith("not one missing.")
    nothing_is_lost(panel)


def test_a_server_that_was_restarted_goes_on_where_it_was(panel: Page, demo: str) -> None:
    said = press(panel, "Restart the server")

    assert said.startswith("The server ended and was started again on its port. The browser came back")
    assert said.endswith("not one missing.")
    nothing_is_lost(panel)
    panel.goto(demo)
    expect(panel.locator("html")).to_have_attribute("data-state", "live")


def test_a_reader_that_stalls_holds_nobody_up(panel: Page) -> None:
    said = press(panel, "Stall a reader")

    assert re.fullmatch(
        "A second reader took nothing for 10 s, then read on: [0-9,]+ events, not one missing. "
        "This page meanwhile: [1-9][0-9,]* events since, not one missing.",
        said,
    )
    nothing_is_lost(panel)


def test_a_fault_of_a_sensor_is_one_marked_sample(panel: Page) -> None:
    panel.locator("#quantities label", has_text="co2").click()
    panel.locator("#grid .cell").nth(2).click()
    expect(panel.locator("#grid .unit").nth(2)).to_have_text("ppm")

    marked = panel.locator("#grid .cell").nth(2).locator("canvas")
    assert not marked.evaluate(RED)
    said = press(panel, "Fault a sensor")

    assert said.startswith(f"{panel.locator('#detail-title').inner_text()} said co2 5,460\u202fppm once")
    for chart in (marked, panel.locator("#detail figure[data-quantity=co2] canvas")):
        panel.wait_for_function(RED, arg=chart.element_handle(), polling=100)
    expect(panel.locator("#detail figure[data-quantity=co2] .range")).to_have_text(re.compile("– 5460$"))
    nothing_is_lost(panel)


def test_the_panel_is_the_demo_s_alone(page: Page, serve: Serve) -> None:
    served = serve()
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-state", "live")

    statuses = [
        page.evaluate(
            "([path, method]) => fetch(path, { method }).then(({ status }) => status)", [path, method]
        )
        for path, method in (
            ("/demo/cut", "POST"),
            ("/demo/stall", "POST"),
            ("/demo/restart", "POST"),
            ("/demo/chaos.js", "GET"),
        )
    ]

    assert statuses == [404] * 4
    assert page.locator("#chaos").count() == 0


def test_a_keyboard_reaches_the_panel(chromium: Browser, demo: str) -> None:
    page = chromium.new_page()
    page.goto(demo)
    expect(page.locator("#chaos")).to_be_visible()

    page.locator("body").press("Tab")

    expect(page.get_by_role("button", name="Cut my stream")).to_be_focused()
    page.close()
