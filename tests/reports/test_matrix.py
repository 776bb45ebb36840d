"""Targets side by side."""

from reports.matrix import Matrix, matrix
from reports.parts import ConformancePart, parts
from tests.reports import samples
from tests.reports.samples import row


def of(*runs: list[samples.Json]) -> Matrix:
    made = parts(samples.loaded(*(samples.a_conformance(*rows) for rows in runs)))
    return matrix([part for part in made if isinstance(part, ConformancePart)])


def test_a_line_has_a_cell_for_each_target() -> None:
    found = of(
        [row("S-A-1", "PASS"), row("S-B-1", "FAIL")],
        [row("S-B-1", "PASS"), row("S-C-1", "PASS")],
    )

    assert [
        (line.id, [cell.entry and cell.entry.row.verdict for cell in line.cells], line.differs)
        for line in found.lines
    ] == [
        ("S-A-1", ["PASS", None], True),
        ("S-B-1", ["FAIL", "PASS"], True),
        ("S-C-1", [None, "PASS"], True),
    ]


def test_what_is_alike_does_not_differ() -> None:
    (line,) = of([row("S-A-1", "PASS")], [row("S-A-1", "PASS")]).lines

    assert not line.differs


def test_another_path_is_another_line() -> None:
    both = [row("S-A-1", "PASS"), row("S-A-1", "FAIL", path="proxy")]

    assert len(of(both, both).lines) == 2


def test_a_target_that_fails_where_the_others_do_well_is_alone() -> None:
    bad, good, unjudged = row("S-A-1", "FAIL"), row("S-A-1", "PASS"), row("S-A-1", "SKIP")

    def alone(*rows: samples.Json) -> list[bool]:
        (line,) = of(*([each] for each in rows)).lines
        return [cell.alone for cell in line.cells]

    assert alone(bad, good, unjudged) == [True, False, False]
    assert alone(bad, good, bad) == [False, False, False]
    assert alone(bad, unjudged) == [False, False]


def test_reasons_are_numbered_once_each() -> None:
    rows = [row("S-A-1", "N/A", reason="absent"), row("S-A-2", "SKIP", reason="slow")]
    found = of(rows, [row("S-A-1", "N/A", reason="absent"), row("S-A-2", "PASS", reason="of no matter")])

    assert found.notes == ["absent", "slow"]
    assert [[cell.note for cell in line.cells] for line in found.lines] == [[1, 1], [2, None]]


def test_sections_have_a_score_for_each_target() -> None:
    found = of([row("S-A-1", "PASS"), row("S-B-1", "PASS")], [row("S-A-1", "FAIL")])

    assert [(group.name, [score.due for score in group.scores]) for group in found.groups] == [
        ("A", [1, 1]),
        ("B", [1, 0]),
    ]
