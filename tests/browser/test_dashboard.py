"""What the page shows: before the first device, with a fleet, and to who has only a keyboard."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as LateError

from tests.browser.demo import demo_of
from tests.conftest import DEADLINE, Serve, Served

SNIPPET = """
const source = new EventSource("/events");
source.addEventListener("measurement", e => show(JSON.parse(e.data)));
"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    with demo_of(tmp_path) as url:
        yield url


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


BIRTHS = [
    {
        "device": f"room-{number}",
        "boot": 1,
        "sensors": [{"name": "temp", "unit": "Cel", "step": 0.1, "range": [-40, 85]}],
        "labels": {"floor": str(number)[0]},
    }
    for number in (101, 102, 301)
]


def send(served: Served, method: str, path: str, body: object) -> None:
    httpx.request(method, served.url + path, json=body, trust_env=False, timeout=DEADLINE).raise_for_status()


def measured(served: Served, value: float, seq: int = 0, devices: tuple[int, ...] = (101, 102, 301)) -> None:
    items = [{"device": f"room-{each}", "boot": 1, "seq": seq, "values": {"temp": value}} for each in devices]
    send(served, "POST", "/measurements", items)


@pytest.fixture
def served(serve: Serve) -> Served:
    """A server with three rooms that were born and have measured once."""
    served = serve()
    send(served, "POST", "/devices", BIRTHS)
    measured(served, 20)
    return served


def test_what_is_painted_first_has_data(page: Page, served: Served) -> None:
    page.goto(served.url)

    expect(page.locator("#grid [data-device=room-301] .value")).to_have_text(re.compile("^20"))
    expect(page.locator("html")).to_have_attribute("data-events", "0")


def test_who_says_nothing_for_long_is_marked_by_when_it_was_heard(page: Page, served: Served) -> None:
    page.clock.install()
    page.goto(served.url)
    warning = page.locator("#grid [data-device=room-101] .warning")
    for seq in (1, 2):
        measured(served, 20, seq)
        expect(page.locator("html")).to_have_attribute("data-events", str(3 * seq))

    page.clock.fast_forward(20_000)
    expect(warning).to_have_text("")  # nobody was heard: that may be the line
    measured(served, 20, 3, (102,))

    expect(warning).to_have_text(re.compile("^silent 2[0-9] s$"))
    expect(page.locator("#grid [data-device=room-102] .warning")).to_have_text("")


def test_charts_are_drawn_twelve_times_a_second_at_most(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-devices", "3")
    page.evaluate(
        """() => {
            const clear = CanvasRenderingContext2D.prototype.clearRect;
            window.drawn = [];
            CanvasRenderingContext2D.prototype.clearRect = function (...box) {
                if (this.canvas.closest("#grid [data-device=room-101]")) window.drawn.push(performance.now());
                return clear.apply(this, box);
            };
        }"""
    )

    with httpx.Client(base_url=served.url, trust_env=False, timeout=DEADLINE) as client:
        for seq in range(1, 101):
            item = {"device": "room-101", "boot": 1, "seq": seq, "values": {"temp": 20 + seq % 7}}
            client.post("/measurements", json=item).raise_for_status()
    expect(page.locator("html")).to_have_attribute("data-events", "100")
    page.wait_for_function("() => window.drawn.length > 0")
    drawn = page.evaluate("() => window.drawn")

    assert len(drawn) < 100
    assert len(drawn) - 1 <= 12 * (drawn[-1] - drawn[0]) / 1000 + 1


def test_a_pointer_reads_a_chart(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page.locator("#grid [data-device=room-101] .unit")).to_have_text("°C")
    now = round(1000 * time.time())
    for seq, ts, value in ((1, now - 30_000, 30), (2, now, 40)):
        item = {"device": "room-101", "boot": 1, "seq": seq, "ts": ts, "values": {"temp": value}}
        send(served, "POST", "/measurements", item)
    panel = page.locator("#detail figure")
    expect(panel.locator(".range")).to_have_text("30.0 – 40.0")
    width = panel.locator("canvas").evaluate("(canvas) => canvas.clientWidth")

    panel.locator("canvas").hover(position={"x": width - 40, "y": 20})
    expect(panel.locator(".range")).to_have_text(re.compile("^at [0-9]{2}:[0-9]{2}$"))
    expect(panel.locator(".value")).to_have_text("30.0")
    page.locator("h1").hover()

    expect(panel.locator(".range")).to_have_text("30.0 – 40.0")


def test_units_and_digits_are_those_of_the_birth_records(page: Page, served: Served) -> None:
    page.goto(served.url)

    cell = page.locator("#grid [data-device=room-101]")
    expect(cell.locator(".unit")).to_have_text("°C")
    expect(cell.locator(".value")).to_have_text("20.0")
    expect(page.locator("#detail figure")).to_have_attribute("title", "The sensor measures -40 – 85\u202f°C")
    expect(page.locator("#detail dl")).to_contain_text("floor1")


def test_the_birth_of_a_device_that_comes_later_is_asked_for(page: Page, serve: Serve) -> None:
    served = serve()
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-state", "live")

    send(served, "POST", "/devices", BIRTHS)
    measured(served, 20)

    expect(page.locator("#grid [data-device=room-301] .unit")).to_have_text("°C")


def test_a_value_that_the_sensor_cannot_measure_is_marked(page: Page, served: Served) -> None:
    page.goto(served.url)
    warning = page.locator("#grid [data-device=room-101] .warning")
    expect(page.locator("#grid [data-device=room-101] .unit")).to_have_text("°C")

    measured(served, 85.1, 1, (101,))
    expect(warning).to_have_text("out of range")
    measured(served, 85, 2, (101,))

    expect(warning).to_have_text("")


def test_a_filter_shows_some_and_the_keyboard_gets_there_and_out(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page.locator("#labels option")).to_have_count(2, timeout=DEADLINE * 1000)
    cells = page.locator("#grid .cell:visible")

    page.keyboard.press("/")
    page.keyboard.type("floor=1")
    expect(page.locator("#found")).to_have_text("2 of 3")
    expect(cells).to_have_count(2)
    page.keyboard.press("Escape")

    expect(cells).to_have_count(3)
    expect(page.locator("#found")).to_have_text("")


def test_arrow_keys_read_a_chart(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page.locator("#grid [data-device=room-101] .unit")).to_have_text("°C")
    measured(served, 30, 1, (101,))
    panel = page.locator("#detail figure")
    expect(panel.locator(".value")).to_have_text("30.0")
    before = panel.locator(".range").text_content()

    page.locator(".panels").focus()
    page.keyboard.press("End")
    expect(panel.locator(".range")).to_have_text(re.compile("^at [0-9]{2}:[0-9]{2}$"))
    page.keyboard.press("Escape")

    expect(panel.locator(".range")).to_have_text(before or "nothing")


def test_who_cannot_see_is_told_names_values_and_units(page: Page, served: Served) -> None:
    page.goto(served.url)
    measured(served, 30, 1, (101,))

    expect(page.get_by_role("radio", name=re.compile("room-101.*30.0.*°C"))).to_be_checked()
    expect(page.locator("#detail canvas")).to_have_attribute(
        "aria-label", re.compile("^temp: 30.0\u202f°C, 30.0 – 30.0 in the last ")
    )
    expect(page.locator("#state")).to_have_role("status")
    expect(page.locator("#state")).to_have_text("live")


def test_before_the_seventh_tab_the_page_says_so(chromium: Browser, serve: Serve) -> None:
    served = serve()
    context = chromium.new_context()
    pages = [context.new_page() for _ in range(6)]
    for page in pages[:5]:
        page.goto(served.url)
        expect(page.locator("html")).to_have_attribute("data-state", "live")
    expect(pages[0].locator("#tabs")).to_contain_text("5 tabs of this browser")
    pages[5].goto(served.url)
    expect(pages[5].locator("#tabs")).to_contain_text("No other tab of this host will load")

    seventh = context.new_page()
    with pytest.raises(LateError):
        seventh.goto(served.url, timeout=1500, wait_until="commit")
    for page in (seventh, *pages[:2]):
        page.close()
    later = context.new_page()

    later.goto(served.url)
    expect(later.locator("html")).to_have_attribute("data-state", "live")
    expect(later.locator("#tabs")).to_contain_text("5 tabs of this browser")
    context.close()


def test_a_hidden_page_draws_nothing_and_misses_nothing(page: Page, served: Served) -> None:
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-devices", "3")
    page.evaluate(
        """() => {  // what a browser does to hidden pages: it calls no animation frame
            const frame = window.requestAnimationFrame;
            window.held = [];
            window.requestAnimationFrame = (draw) => window.held.push(draw);
            window.release = () => {
                window.requestAnimationFrame = frame;
                for (const draw of window.held) frame(draw);
            };
        }"""
    )
    page.wait_for_function("() => window.held.length === 1", polling=50)

    for seq in range(1, 11):
        measured(served, 20 + seq, seq)
    events = page.locator("html").get_attribute("data-events")
    page.evaluate("window.release()")

    expect(page.locator("html")).to_have_attribute("data-events", "30")
    expect(page.locator("html")).to_have_attribute("data-gaps", "0")
    assert events == "0"


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1200, "dark")])
def test_nothing_is_wider_than_the_screen(
    chromium: Browser, served: Served, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(served.url)
    expect(page.locator("#grid .cell")).to_have_count(3)

    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert ground == {"light": "rgb(246, 246, 243)", "dark": "rgb(14, 18, 22)"}[scheme]
    context.close()


def test_the_page_runs_no_script_but_its_own(page: Page, serve: Serve) -> None:
    page.goto(serve().url)

    violated = page.evaluate(
        """() => new Promise((seen) => {
            document.addEventListener("securitypolicyviolation", (event) => seen(event.violatedDirective));
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
        })"""
    )

    assert violated.startswith("script-src")
    assert page.evaluate("window.ran") is None


def test_a_line_that_went_dead_without_a_word_is_left_for_another(page: Page, serve: Serve) -> None:
    served = serve()
    page.clock.install()
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-state", "live")

    page.clock.fast_forward(41_000)
    expect(page.locator("#age")).to_contain_text("not a byte for 4")
    expect(page.locator("html")).to_have_attribute("data-state", "live")
    measured(served, 20)

    expect(page.locator("html")).to_have_attribute("data-events", "3")


def test_a_fleet_that_is_watched_leaves_nothing_on_the_console(page: Page, demo: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.goto(demo)
    expect(page.locator("#grid .cell").nth(59)).to_be_attached()
    expect(page.locator("#grid .unit").first).to_have_text("°C")

    page.locator("#grid .cell").nth(7).click()
    page.locator("#quantities label").last.click()
    page.locator("#scale").select_option("shared")
    page.locator("#span").select_option("1 h")
    page.locator("#filter").fill("room-1")
    expect(page.locator("#found")).to_have_text("12 of 60")

    assert said == []


def test_a_server_that_refuses_is_said_and_asked_again(page: Page, serve: Serve) -> None:
    served = serve()
    page.route("**/snapshot", lambda route: route.fulfill(status=503))
    page.goto(served.url)
    expect(page.locator("html")).to_have_attribute("data-state", "closed")
    expect(page.locator("#age")).to_contain_text("/snapshot answered 503")

    page.unroute("**/snapshot")
    page.locator("#again").click()

    expect(page.locator("html")).to_have_attribute("data-state", "live")
