"""A real browser for the page, where there is one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import installed, launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    path = installed()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    with launched(path) as browser:
        yield browser
