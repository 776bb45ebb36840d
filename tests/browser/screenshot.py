"""`python -m tests.browser.screenshot docs/dashboard.png`: the README's picture, from a demo of its own."""

import subprocess
import tempfile
from pathlib import Path
from typing import Literal

import click
from playwright.sync_api import Page, expect

from tests.browser.chromium import installed, launched
from tests.conftest import EVENTBAHN, first_line

READY = 3 * 60_000  # ms


@click.command()
@click.argument("picture", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--scheme", type=click.Choice(["dark", "light"]), default="dark", show_default=True)
@click.option("--quantity", default="co2", show_default=True)
@click.option("--device", default="room-302", show_default=True)
@click.option("--samples", default=110, show_default=True, help="How long the selected device's curve is.")
def screenshot(
    picture: Path, scheme: Literal["dark", "light"], quantity: str, device: str, samples: int
) -> None:
    """Wait until a demo has drawn its curves, and take a PICTURE of the dashboard."""
    chromium = installed()
    if chromium is None:
        raise click.ClickException("no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/it")
    command = [*EVENTBAHN, "demo", "--no-browser", "--port", "0"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as demo,
    ):
        try:
            with launched(chromium) as browser:
                page = browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme=scheme)
                page.goto(first_line(demo))
                select(page, quantity, device)
                shown = page.locator("#detail dd").nth(1)
                expect(shown).to_have_text(str(samples), timeout=READY)
                page.screenshot(path=picture)
        finally:
            demo.terminate()


def select(page: Page, quantity: str, device: str) -> None:
    """As a person does, by clicking."""
    page.locator("#quantities label", has_text=quantity).click()
    page.locator(f"#grid [data-device={device}]").click()


if __name__ == "__main__":
    screenshot()
