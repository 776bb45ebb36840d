"""The page in a real browser: nothing fetched or refused, readable without script, usable on a phone."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from reports.gate import Gate, judge
from reports.load import Unreadable
from reports.load_schema import Load
from reports.page import pieces
from reports.schemas import Result
from reports.sides import sides
from tests.reports import samples
from tests.reports.figures.runs import run
from tests.reports.samples import row

pytestmark = pytest.mark.browser
Open = Callable[..., Page]

HOSTILE = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
ACTING = "\x1b[31mred\x07 \u202eesrever\u202c zero\u200bwidth \x00\r\n"  # on a terminal, on the eye
WIDTHS = (390, 1280)


@cache
def every_kind() -> str:
    """A page of every kind of result and of all that can stand above them; one of them hostile."""
    other = samples.a_conformance(
        row("SSE-INJ-003", "PASS"),
        row("SSE-X-1", "FAIL", observed=HOSTILE, evidence=ACTING, title=ACTING + "t" * 200),
        row(
            "SSE-X-2",
            "WARN",
            observed="x" * 2**20,
            evidence="y" * 2**20,
            title="z" * 2**20,
            reason="w" * 2**20,
        ),
        target={"name": HOSTILE, "url": "u" * 2**20, "version": ACTING},
    )
    slow = {"bits": 7, "phases": {"0": {"deliver": [[2000, 9], [18000, 1]]}, "1": {"deliver": [[50, 3]]}}}
    events = {"rows": [[HOSTILE, n, 10, 500, 600 + 9 * n] for n in range(50)]}
    strange = samples.phase(0, 100, name=HOSTILE + ACTING)
    devices = {
        "office-1": samples.delivery(),
        HOSTILE + "d" * 500: samples.delivery(seen=1, missing=99, ok=False),
    }
    results: list[Result] = [
        samples.a_conformance(),
        run(events=events),
        samples.a_fleet(devices=devices),
        other,
        run(hist=slow, invalid=["phase 100: the machine was busy"], errors={HOSTILE: 3}),
        samples.a_load(strange, invalid=[HOSTILE], run={**samples.load()["run"], "scenario": HOSTILE}),
    ]
    loaded = samples.loaded(*results)
    gate = Gate.parse("deliver.p99 > 1.2x", {})
    judged = judge(gate, sides(loaded, Load))
    return "".join(pieces(loaded, [Unreadable("cut.json", f"cut.json: is not JSON: {HOSTILE}")], [judged]))


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
    rows, lines = tab.locator("details.row:visible"), tab.locator(".matrix .line:visible")

    assert (rows.count(), lines.count()) == (8, 7)
    tab.get_by_role("searchbox").fill("inj-003")
    assert (rows.count(), lines.count()) == (2, 1)
    tab.get_by_label("PASS", exact=True).uncheck()
    assert rows.count() == 1
    assert tab.locator(".tools output").inner_text() == "1 of 8"


def test_the_matrix_can_show_what_differs_only(opened: Open) -> None:
    tab = opened()
    tab.get_by_label("Show only those").check()

    assert tab.locator(".matrix .line:visible:not(.differs)").count() == 0
    assert tab.locator(".matrix .line.differs:visible").count() == 7


def test_a_table_is_sorted_by_number(opened: Open) -> None:
    tab = opened()
    tab.locator("details.run > summary").first.click()
    table = tab.locator("table", has_text="Last subscriber: when an event had reached everyone").first
    phases = table.locator("tbody th")

    table.get_by_role("button", name="Subscribers", exact=True).click()
    assert phases.all_inner_texts() == ["10", "20"]
    table.get_by_role("button", name="Subscribers", exact=True).click()
    assert phases.all_inner_texts() == ["20", "10"]


def test_a_link_opens_the_row_that_it_names(opened: Open) -> None:
    tab = opened("#c1-SSE-HTTP-001")

    assert tab.locator("#c1-SSE-HTTP-001").get_attribute("open") is not None


def test_a_note_is_there_when_its_number_is_followed(opened: Open) -> None:
    tab = opened()
    tab.locator(".matrix sup a").first.click()

    assert tab.locator("#note-1").is_visible()


def test_without_script_everything_but_the_filter_is_there(opened: Open) -> None:
    tab = opened(java_script_enabled=False)

    assert tab.locator("details.row").count() == 8
    assert tab.locator(".matrix .line").count() == 7
    assert tab.locator("#c1-SSE-INJ-003").get_by_text("Whoever publishes a value").is_visible()
    assert not tab.get_by_role("searchbox").is_visible()
    assert not tab.get_by_label("Show only those").is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_what_a_result_holds_never_runs_and_can_be_read(opened: Open, script: bool) -> None:
    tab = opened("#c4-SSE-X-1", java_script_enabled=script)

    assert tab.title().startswith("fixture, fanout against")
    assert tab.locator("#c4-SSE-X-1 .observed dd").inner_text() == HOSTILE
    assert tab.locator("#c4-SSE-X-1 .evidence .sign").all_inner_texts()[:2] == ["ESC", "BEL"]
    assert len(tab.locator("#c4-SSE-X-2 .observed dd").inner_text()) < 5000
    assert len(every_kind()) < 2_000_000


OUTSIDE = """(width) => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".scroll, pre, nav, .symbols, .unseen") && e.getClientRects().length)
  .filter((e) => e.getBoundingClientRect().right > width + 1 || e.getBoundingClientRect().left < -1)
  .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    ("media", "width"),
    [("screen", 390), ("screen", 1280), ("print", 700)],  # A4 within its margins
    ids=["phone", "desktop", "paper"],
)
def test_nothing_leaves_the_page_sideways(
    opened: Open, media: Literal["screen", "print"], width: int
) -> None:
    tab = opened(viewport={"width": width, "height": 844})
    tab.emulate_media(media=media)
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")

    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate(OUTSIDE, width) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_head_of_the_matrix_stays_in_view(opened: Open, width: int) -> None:
    tab = opened(viewport={"width": width, "height": 400})
    head, last = (
        tab.locator(".matrix thead th").nth(1 if width > 800 else 2),
        tab.locator(".matrix .line").last,
    )
    last.evaluate("(e) => e.scrollIntoView({block: 'nearest'})")

    assert last.is_visible()
    (box, line) = (head.bounding_box(), last.bounding_box())
    assert box is not None
    assert line is not None
    assert 0 <= box["y"] < line["y"] < 400


def test_headings_never_skip_a_level(opened: Open) -> None:
    levels = opened().evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4')].map((e) => Number(e.tagName[1]))"
    )

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


UNTOLD = {
    "cells of a head without a scope": "thead th:not([scope]), tbody th:not([scope])",
    "pictures neither hidden nor told": "svg:not([aria-hidden=true], [role=img] svg, [aria-hidden=true] svg)",
    "regions without a name": ":is([role=region], [role=img]):not([aria-label], [aria-labelledby])",
}


@pytest.mark.parametrize("selector", UNTOLD.values(), ids=UNTOLD)
def test_nothing_is_left_untold(opened: Open, selector: str) -> None:
    assert opened().locator(selector).count() == 0


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


def test_the_top_stays_in_view(opened: Open) -> None:
    tab = opened()
    tab.evaluate("window.scrollTo(0, 1500)")

    assert tab.locator("header.bar").bounding_box() == pytest.approx(
        {**(tab.locator("header.bar").bounding_box() or {}), "y": 0}
    )
