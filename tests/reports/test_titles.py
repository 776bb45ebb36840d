"""Names of sections are those of the suite, which reports may not import."""

from conformance.requirements import SECTIONS
from reports.titles import TITLES, title


def test_every_section_of_the_suite_has_its_name() -> None:
    assert TITLES == SECTIONS


def test_another_section_keeps_its_own_name() -> None:
    assert title("MINE") == "MINE"
