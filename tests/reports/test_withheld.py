"""What is not to be published leaves no trace but its number."""

import pytest

from reports.page import pieces
from reports.schemas import Conformance
from reports.withheld import names, withhold
from tests.reports import samples
from tests.reports.samples import row

ROWS = [row("SSE-HTTP-001", "PASS"), samples.FAILED, row("SSE-DATA-002", "FAIL"), row("SSE-DATA-003", "PASS")]


def kept(*wanted: str) -> Conformance:
    (found,) = withhold(samples.loaded(samples.a_conformance(*ROWS)), wanted)
    assert isinstance(found.result, Conformance)
    return found.result


@pytest.mark.parametrize("wanted", [("INJ", "DATA-002"), ("SSE-INJ-003", "sse-data-002")])
def test_rows_go_by_section_or_id(wanted: tuple[str, ...]) -> None:
    found = kept(*wanted)

    assert [each.id for each in found.rows] == ["SSE-HTTP-001", "SSE-DATA-003"]
    assert (found.withheld, found.exit_code, found.summary.counts) == (2, 0, {"PASS": 2})


def test_what_stays_bad_stays_bad() -> None:
    assert kept("INJ").exit_code == 1


def test_a_name_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no row or section 'DATA-999'"):
        kept("INJ", "DATA-999")


def test_the_page_says_how_many_and_nothing_else() -> None:
    text = "".join(pieces(withhold(samples.loaded(samples.a_conformance(*ROWS)), ["INJ", "DATA-002"])))

    assert "2 more rows are not published here." in text
    assert "Every requirement that was judged is met." in text
    assert "INJ" not in text.replace("data:", "")
    assert "forge" not in text


def test_names_are_parted_by_commas() -> None:
    assert names(" INJ, DATA-002 ,,") == ["INJ", "DATA-002"]
