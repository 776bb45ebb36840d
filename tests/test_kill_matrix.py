"""docs/kill-matrix.md shows the faults and rows that there are."""

from tests.kill_matrix import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m tests.kill_matrix"
