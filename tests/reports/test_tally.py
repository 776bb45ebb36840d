"""Counts of verdicts, and what a file says against itself."""

from typing import get_args

from reports.schemas import Verdict
from reports.tally import ORDER, contradictions, headline, sections, tally, unjudged
from tests.reports import samples
from tests.reports.samples import row


def verdicts(**counts: int) -> list[samples.Json]:
    return [row(f"SSE-X-{name}-{n}", name) for name, count in counts.items() for n in range(count)]


def test_every_verdict_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == sorted(get_args(Verdict))


def test_the_headline_counts_what_was_judged_first() -> None:
    rows = [*verdicts(PASS=55, FAIL=1, WARN=1, SKIP=4), *(row(f"N-A-{n}", "N/A") for n in range(24))]

    assert headline(tally(samples.a_conformance(*rows).rows)) == (
        "57 of 61 rows judged (93 %): 55 PASS, 1 FAIL, 1 WARN; 24 N/A; 4 SKIP"
    )


def test_almost_all_is_not_all() -> None:
    rows = verdicts(PASS=999, SKIP=1)

    assert headline(tally(samples.a_conformance(*rows).rows)).startswith("999 of 1000 rows judged (99 %)")


def test_what_the_user_left_out_is_no_gap() -> None:
    rows = [row("A-A-1", "PASS"), row("A-A-2", "SKIP", reason="deselected")]

    assert tally(samples.a_conformance(*rows).rows).coverage == 1.0


def test_nothing_judged_is_no_coverage() -> None:
    assert headline(tally([])) == "0 of 0 rows judged (0 %): none"
    assert tally([]).coverage == 0.0


def test_sections_keep_the_order_of_the_file() -> None:
    rows = [row("S-B-1", "PASS"), row("S-A-1", "PASS"), row("S-B-2", "PASS")]
    found = sections(samples.a_conformance(*rows).rows)

    assert {name: [each.id for each in held] for name, held in found.items()} == {
        "B": ["S-B-1", "S-B-2"],
        "A": ["S-A-1"],
    }


def test_what_was_not_judged_is_grouped_by_reason() -> None:
    rows = [
        row("S-A-1", "SKIP", reason="needs-slow"),
        row("S-A-2", "N/A", reason="declared-absent"),
        row("S-A-3", "SKIP", reason="needs-slow"),
        row("S-A-4", "INCONCLUSIVE"),
        row("S-A-5", "PASS"),
    ]
    found = unjudged(samples.a_conformance(*rows).rows)

    assert [(why, [each.id for each in held]) for why, held in found.items()] == [
        (("N/A", "declared-absent"), ["S-A-2"]),
        (("SKIP", "needs-slow"), ["S-A-1", "S-A-3"]),
        (("INCONCLUSIVE", "no reason given"), ["S-A-4"]),
    ]


def test_a_summary_that_disagrees_with_the_rows_is_told() -> None:
    result = samples.a_conformance(row("S-A-1", "FAIL"), summary={"counts": {"PASS": 1}, "coverage": 1.0})

    assert contradictions(result) == [
        "the summary counts 1 PASS, the rows hold 0",
        "the summary counts 0 FAIL, the rows hold 1",
    ]


def test_exit_code_0_beside_a_failure_is_told() -> None:
    result = samples.a_conformance(row("S-A-1", "FAIL"), exit_code=0)

    assert contradictions(result) == ["exit code 0 stands beside 1 FAIL"]


def test_a_sound_result_does_not_contradict_itself() -> None:
    assert contradictions(samples.a_conformance()) == []
