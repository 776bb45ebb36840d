"""The page in a real browser: nothing fetched or refused, readable without script, usable on a phone."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reports.page import page
from tests.reports import samples
from tests.reports.samples import row

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"


@cache
def every_kind() -> str:
    """A page of every kind of result, one of them hostile."""
    other = samples.a_conformance(
        row("SSE-INJ-003", "PASS"), row("SSE-X-1", "FAIL", observed=HOSTILE), target={"name": HOSTILE}
    )
    return page([samples.a_conformance(), samples.a_load(), samples.a_fleet(), other])


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens that page; fails if the browser complains or asks for anything else."""
    complaints: list[str] = []

    def show(fragment: str = "", **options: Any) -> Page:
        file = tmp_path / "page.html"
        file.write_text(every_kind())
        tab = browser.new_context(**options).new_page()
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on(
            "request", lambda request: complaints.append(request.url) if tab.url == file.as_uri() else None
        )
        tab.goto(file.as_uri() + fragment)
        return tab

    yield show
    for context in browser.contexts:
        context.close()
    assert complaints == []


def test_the_filter_narrows_by_word_and_by_verdict(opened: Open) -> None:
    tab = opened()
    rows = tab.locator("details.row:visible")

    assert rows.count() == 7
    tab.get_by_role("searchbox").fill("inj-003")
    assert rows.count() == 2
    tab.get_by_label("PASS", exact=True).uncheck()
    assert rows.count() == 1
    assert tab.locator(".tools output").inner_text() == "1 of 7"


def test_a_table_is_sorted_by_number(opened: Open) -> None:
    tab = opened()
    table = tab.locator("table", has_text="Last subscriber: when an event had reached everyone")
    phases = table.locator("tbody th")

    table.get_by_role("button", name="Subscribers", exact=True).click()
    assert phases.all_inner_texts() == ["100", "1000"]
    table.get_by_role("button", name="Subscribers", exact=True).click()
    assert phases.all_inner_texts() == ["1000", "100"]


def test_a_link_opens_the_row_that_it_names(opened: Open) -> None:
    tab = opened("#c1-SSE-HTTP-001")

    assert tab.locator("#c1-SSE-HTTP-001").get_attribute("open") is not None


def test_without_script_everything_but_the_filter_is_there(opened: Open) -> None:
    tab = opened(java_script_enabled=False)

    assert tab.locator("details.row").count() == 7
    assert tab.locator("#c1-SSE-INJ-003").get_by_text("Whoever publishes a value").is_visible()
    assert not tab.get_by_role("searchbox").is_visible()


def test_what_a_result_holds_never_runs(opened: Open) -> None:
    tab = opened()

    assert tab.title().startswith("fixture, fanout against")
    assert tab.locator("#c4-SSE-X-1 .observed dd").inner_text() == HOSTILE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_keeps_its_contrast_in_light_and_dark(opened: Open, scheme: str) -> None:
    tab = opened(color_scheme=scheme)
    colours = tab.evaluate(
        """() => ["ink", "muted", "link", "good", "fail", "warn", "note", "none"].map((name) => {
          const probe = document.body.appendChild(document.createElement("p"));
          probe.style.color = `var(--${name})`;
          return [name, getComputedStyle(probe).color];
        })"""
    )
    for sheet in ("body", ".box", ".bar"):
        ground = tab.locator(sheet).first.evaluate("(e) => getComputedStyle(e).backgroundColor")
        weak = {name: contrast(colour, ground) for name, colour in colours if contrast(colour, ground) < 4.5}

        assert not weak, f"on {sheet} in {scheme}"  # WCAG 2.2, 1.4.3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `rgb(r, g, b)`, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    channels = [int(word) / 255 for word in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_phone_need_not_scroll_sideways(opened: Open) -> None:
    tab = opened(viewport={"width": 360, "height": 740})

    assert tab.evaluate("document.documentElement.scrollWidth") == 360


def test_the_top_stays_in_view(opened: Open) -> None:
    tab = opened()
    tab.evaluate("window.scrollTo(0, 1500)")

    assert tab.locator("header.bar").bounding_box() == pytest.approx(
        {**(tab.locator("header.bar").bounding_box() or {}), "y": 0}
    )
