"""The sample pages that are committed tell nothing that is not to be published, and are whole."""

import re
from pathlib import Path

import pytest

from tests.reports.document import Document

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
PAGES = sorted(SAMPLES.glob("*.html"))
WITHHELD = re.compile(r"c\d+-SSE-(INJ-\d+|SEC-\d+|DATA-002|DATA-008|DATA-010)")


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_sample_is_a_whole_page_and_named_in_its_index(page: Path) -> None:
    assert Document(page.read_text()).text
    assert f"({page.name})" in (SAMPLES / "README.md").read_text()


def test_rows_about_other_peoples_servers_are_withheld() -> None:
    rows = [
        row
        for row in Document((SAMPLES / "matrix.html").read_text()).named("details")
        if WITHHELD.fullmatch(row.get("id") or "")
    ]

    assert len(rows) > 20
    assert {row["data-verdict"] for row in rows} == {"SKIP"}
