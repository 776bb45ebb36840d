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

    assert [each.verdict for each in found.rows] == ["PASS", "SKIP", "SKIP", "PASS"]
    assert found.rows[1].reason == "deselected: not published"
    assert (found.rows[1].observed, found.rows[1].evidence, found.rows[1].arrivals) == (None, None, [])
    assert (found.exit_code, found.summary.coverage) == (0, 1.0)
    assert found.portability == []


def test_a_row_that_depends_on_a_withheld_one_does_not_tell_it() -> None:
    rows = [
        samples.FAILED,
        row("SSE-HTTP-001", "PASS"),
        row("SSE-A-1", "DEPENDENCY", reason="SSE-INJ-003 is FAIL"),
    ]
    (found,) = withhold(samples.loaded(samples.a_conformance(*rows)), ["INJ"])

    assert isinstance(found.result, Conformance)
    assert found.result.rows[2].reason == "it requires a row that is not published"


def test_what_stays_bad_stays_bad() -> None:
    assert kept("INJ").exit_code == 1


def test_a_name_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no row or section 'DATA-999'"):
        kept("INJ", "DATA-999")


def test_the_page_says_that_they_are_not_published_and_nothing_else() -> None:
    text = "".join(pieces(withhold(samples.loaded(samples.a_conformance(*ROWS)), ["INJ", "DATA-002"])))

    assert "deselected: not published" in text
    assert "2 of 2 rows judged (100 %): 2 PASS; 2 SKIP" in text
    assert "forged" not in text
    assert "two events" not in text


def test_names_are_parted_by_commas() -> None:
    assert names(" INJ, DATA-002 ,,") == ["INJ", "DATA-002"]


LOST = 'the stream was ended by the server, when "SECRET" was published'


@pytest.mark.parametrize(
    ("verdict", "reason", "observed"),
    [
        ("INCONCLUSIVE", LOST, None),
        ("FAIL", f"at the origin http://127.0.0.1:1 it could not be judged: {LOST}", "its own"),
    ],
    ids=["not judged", "not judged at the origin"],
)
@pytest.mark.parametrize("id_", ["SSE-DATA-001", "SSE-FRAME-008"])
def test_a_row_that_shares_the_stream_does_not_quote_what_ended_it(
    id_: str, verdict: str, reason: str, observed: str | None
) -> None:
    rows = [samples.FAILED, row(id_, verdict, reason=reason, observed="its own")]
    loaded = withhold(samples.loaded(samples.a_conformance(*rows)), ["INJ"])

    assert isinstance(loaded[0].result, Conformance)
    found = loaded[0].result.rows[1]
    assert (found.reason, found.observed) == ("it quotes a payload, which is not published", observed)
    assert "SECRET" not in "".join(pieces(loaded))


def test_other_reasons_stay() -> None:
    rows = [
        samples.FAILED,
        row("SSE-DATA-001", "INCONCLUSIVE", reason="too late"),
        row("SSE-BEAT-001", "INCONCLUSIVE", reason='"x"'),
    ]
    (found,) = withhold(samples.loaded(samples.a_conformance(*rows)), ["INJ"])

    assert isinstance(found.result, Conformance)
    assert [each.reason for each in found.result.rows[1:]] == ["too late", '"x"']
