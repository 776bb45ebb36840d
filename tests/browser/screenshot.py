"""`python -m tests.browser.screenshot docs`: the pictures of the dashboard, all from one demo."""

import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

import click
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import installed, launched
from tests.browser.demo import demo_of

READY = 5 * 60_000  # ms


class Picture(NamedTuple):
    """A file's name, and how the page is looked at."""

    name: str
    scheme: Literal["dark", "light"]
    width: int
    height: int


PICTURES = (
    Picture("dashboard.png", "light", 1200, 800),
    Picture("dashboard-dark.png", "dark", 1200, 800),
    Picture("dashboard-phone.png", "light", 390, 844),
    Picture("dashboard-phone-dark.png", "dark", 390, 844),
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--quantity", default="co2", show_default=True)
@click.option("--device", default="room-302", show_default=True)
@click.option("--samples", default=110, show_default=True, help="How long the selected device's curve is.")
def screenshot(folder: Path, quantity: str, device: str, samples: int) -> None:
    """Wait until a demo has drawn its curves, cut a stream, and put pictures of it all into FOLDER."""
    chromium = installed()
    if chromium is None:
        raise click.ClickException("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    with (
        tempfile.TemporaryDirectory() as somewhere,
        demo_of(Path(somewhere)) as url,
        launched(chromium) as browser,
    ):
        pages = {picture: opened(browser, url, picture, quantity, device) for picture in PICTURES}
        for picture, page in pages.items():
            page.wait_for_function(
                "(samples) => Number(document.querySelectorAll('#detail dd')[1].textContent) >= samples",
                arg=samples,
                timeout=READY,
                polling=500,
            )
            page.get_by_role("button", name="Cut my stream").click()
            expect(page.locator("#chaos output")).to_contain_text("not one missing", timeout=READY)
            page.screenshot(path=folder / picture.name)
            click.echo(folder / picture.name)


def opened(browser: Browser, url: str, picture: Picture, quantity: str, device: str) -> Page:
    """The page, with a quantity and a device selected as a person does it, by clicking."""
    size = {"width": picture.width, "height": picture.height}
    page = browser.new_page(viewport=size, color_scheme=picture.scheme)  # type: ignore[arg-type] # one of theirs
    page.goto(url)
    page.locator("#quantities label", has_text=quantity).click()
    page.locator(f"#grid [data-device={device}]").click()
    page.evaluate("scrollTo(0, 0)")
    return page


if __name__ == "__main__":
    screenshot()
