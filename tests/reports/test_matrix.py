"""Targets side by side."""

from reports.matrix import matrix
from reports.parts import ConformancePart, parts
from tests.reports import samples
from tests.reports.samples import row


def targets(*runs: list[samples.Json]) -> list[ConformancePart]:
    made = parts([samples.a_conformance(*rows) for rows in runs])
    return [part for part in made if isinstance(part, ConformancePart)]


def test_a_line_has_a_cell_for_each_target() -> None:
    lines = matrix(
        targets(
            [row("S-A-1", "PASS"), row("S-B-1", "FAIL")],
            [row("S-B-1", "PASS"), row("S-C-1", "PASS")],
        )
    )

    assert [
        (line.id, [cell and cell.row.verdict for cell in line.cells], line.differs) for line in lines
    ] == [
        ("S-A-1", ["PASS", None], True),
        ("S-B-1", ["FAIL", "PASS"], True),
        ("S-C-1", [None, "PASS"], True),
    ]


def test_what_is_alike_does_not_differ() -> None:
    (line,) = matrix(targets([row("S-A-1", "PASS")], [row("S-A-1", "PASS")]))

    assert not line.differs


def test_another_path_is_another_line() -> None:
    both = [row("S-A-1", "PASS"), row("S-A-1", "FAIL", path="proxy")]

    assert len(matrix(targets(both, both))) == 2
