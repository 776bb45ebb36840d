"""A Chromium, a fresh page per test that fails on any error of its scripts, and a line that can be cut."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import installed, launched
from tests.browser.line import Line
from tests.conftest import DEADLINE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


# not for the whole session: its event loop would be in the way of tests that run their own
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = installed()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    with launched(path) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    expect.set_options(timeout=DEADLINE * 1000)
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.set_default_timeout(DEADLINE * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()
