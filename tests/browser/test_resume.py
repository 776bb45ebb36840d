"""A browser that lost its connection misses nothing, sees nothing twice, and can tell when that is not so."""

from collections.abc import Iterable

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.line import Line
from tests.conftest import DEADLINE, Serve, Served

DEVICES = [f"room-{number}" for number in range(5)]
SOON = ("--retry", "100")  # ms until the browser comes back


def post(served: Served, seqs: Iterable[int], devices: list[str] = DEVICES) -> str:
    """One measurement per device and seq; the log's last id afterwards."""
    items = [
        {"device": device, "boot": 7, "seq": seq, "values": {"temp": 20 + seq / 10}}
        for seq in seqs
        for device in devices
    ]
    answer = httpx.post(f"{served.url}/measurements", json=items, trust_env=False, timeout=DEADLINE)
    answer.raise_for_status()
    return str(answer.json()["last_id"])


def shows(page: Page, **data: object) -> None:
    """Wait until the page's data-* attributes have these values."""
    for name, value in data.items():
        expect(page.locator("html")).to_have_attribute(f"data-{name}", str(value))


def open_page(page: Page, line: Line, served: Served) -> None:
    line.to = served.url
    page.goto(line.url)
    shows(page, state="live")


def cut_between(page: Page, line: Line, served: Served, before: range, during: range) -> str:
    """Post `before` while the page is live and `during` while its line is cut; the last id it saw."""
    seen = post(served, before)
    shows(page, events=len(before) * len(DEVICES))
    line.cut()
    shows(page, state="reconnecting")
    post(served, during)
    line.mend()
    return seen


def test_a_cut_connection_costs_nothing(page: Page, serve: Serve, line: Line) -> None:
    served = serve(*SOON)
    open_page(page, line, served)

    seen = cut_between(page, line, served, range(10), range(10, 50))
    shows(page, state="live", events=250)
    post(served, range(50, 52))

    shows(page, state="live", events=260, devices=5, gaps=0, duplicates=0, skipped=0, resets=0)
    assert line.last_event_ids() == [seen]


def test_many_cuts_cost_nothing(page: Page, serve: Serve, line: Line) -> None:
    served = serve(*SOON)
    open_page(page, line, served)

    for cut in range(5):
        line.cut()
        shows(page, state="reconnecting")
        post(served, range(cut * 4, cut * 4 + 2))
        line.mend()
        shows(page, state="live", events=cut * 20 + 10)
        post(served, range(cut * 4 + 2, cut * 4 + 4))
        shows(page, events=cut * 20 + 20)

    shows(page, events=100, gaps=0, duplicates=0, skipped=0, resets=0)
    assert len(line.last_event_ids()) >= 4, "before its first event a page has nothing but its query"


def test_a_hole_is_counted_and_a_late_arrival_fills_it(page: Page, serve: Serve, line: Line) -> None:
    served = serve()
    open_page(page, line, served)

    post(served, [0, 1, 2, 5, 6, 9], ["room-0"])
    shows(page, events=6, gaps=4, duplicates=0)
    expect(page.locator("#grid [data-device=room-0] .warning")).to_have_text("▲ 4 missing")
    post(served, [4], ["room-0"])

    shows(page, events=7, gaps=3, duplicates=0)


def test_nothing_is_lost_between_snapshot_and_stream(page: Page, serve: Serve, line: Line) -> None:
    served = serve()
    post(served, range(3))

    def answer_late(route: Route) -> None:
        response = route.fetch()
        post(served, range(3, 6))
        route.fulfill(response=response)

    page.route("**/snapshot", answer_late)
    open_page(page, line, served)

    shows(page, events=15, devices=5, gaps=0, duplicates=0)


def test_a_hole_since_the_snapshot_is_counted(page: Page, serve: Serve, line: Line) -> None:
    served = serve()
    post(served, [3], ["room-0"])
    open_page(page, line, served)
    shows(page, devices=1, events=0)

    post(served, [5], ["room-0"])

    shows(page, events=1, gaps=1)


@pytest.mark.parametrize(
    ("fault", "gaps", "duplicates"), [("replay-skips-first", 1, 0), ("replay-inclusive", 0, 1)]
)
def test_a_wrong_replay_is_seen(
    page: Page, serve: Serve, line: Line, fault: str, gaps: int, duplicates: int
) -> None:
    served = serve(*SOON, "--fault", fault)
    open_page(page, line, served)

    cut_between(page, line, served, range(4), range(4, 8))

    shows(page, state="live", gaps=gaps, duplicates=duplicates)


def test_a_restart_without_memory_is_a_reset_and_the_page_goes_on(
    page: Page, serve: Serve, line: Line
) -> None:
    old = serve(*SOON)
    open_page(page, line, old)
    post(old, range(5))
    shows(page, events=25)

    line.cut()
    old.process.terminate()
    old.process.wait(DEADLINE)
    line.to = (new := serve(*SOON)).url
    post(new, range(5, 10))
    line.mend()
    shows(page, state="live", resets=1)
    post(new, range(10, 12))

    shows(page, events=35, gaps=0, duplicates=0, skipped=20)
    expect(page.locator("#note")).to_contain_text("(epoch)")
    expect(page.locator("#note")).to_contain_text("passed over: 20")
