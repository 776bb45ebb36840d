"""`python -m tests.reports.screenshot docs/samples docs`: the pictures of the sample pages."""

from pathlib import Path
from typing import Literal, NamedTuple

import click
from playwright.sync_api import Browser

from tests.browser.chromium import installed, launched


class Picture(NamedTuple):
    """A file's name, the page it is of, how that is looked at, and what is scrolled to."""

    name: str
    page: str
    scheme: Literal["dark", "light"]
    width: int
    height: int
    at: str = "header"


PICTURES = (
    Picture("report.png", "load.html", "light", 1280, 900, "figure.plot"),
    Picture("report-dark.png", "load.html", "dark", 1280, 900, "figure.plot:has(#l1-heat-figure_1)"),
    Picture("report-phone.png", "load.html", "light", 390, 844),
    Picture("report-matrix.png", "matrix.html", "light", 1280, 900),
    Picture("report-matrix-dark.png", "matrix.html", "dark", 1280, 900),
    Picture("report-matrix-phone.png", "matrix.html", "light", 390, 844),
    Picture("report-row.png", "conformance.html", "light", 1280, 900, "details.row[open]"),
    Picture("report-row-phone-dark.png", "conformance.html", "dark", 390, 844, "details.row[open]"),
    Picture("report-comparison.png", "comparison.html", "light", 1280, 900, ".comparison"),
)


@click.command()
@click.argument("pages", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
def screenshot(pages: Path, folder: Path) -> None:
    """Look at the sample PAGES and put pictures of them into FOLDER."""
    chromium = installed()
    if chromium is None:
        raise click.ClickException("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    with launched(chromium) as browser:
        for picture in PICTURES:
            taken(browser, pages.resolve(), folder, picture)
            click.echo(folder / picture.name)


def taken(browser: Browser, pages: Path, folder: Path, picture: Picture) -> None:
    size = {"width": picture.width, "height": picture.height}
    tab = browser.new_page(viewport=size, color_scheme=picture.scheme)  # type: ignore[arg-type] # one of theirs
    tab.goto((pages / picture.page).as_uri())
    tab.locator(picture.at).first.evaluate("(e) => e.scrollIntoView()")
    tab.screenshot(path=folder / picture.name)
    tab.close()


if __name__ == "__main__":
    screenshot()
