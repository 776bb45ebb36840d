"""The catalogue: complete, without cycles, and strict about its own file."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from conformance.requirements import REQUIREMENTS, SECTIONS, read

GOOD = files("conformance").joinpath("requirements.toml").read_text(encoding="utf-8")
ROWS = {
    "HTTP": "001 002 004 005 009",
    "FRAME": "001 003 004 005 006 008 009 010 011 012 013",
    "DATA": "001 002 003 004 005 006",
    "INJ": "001 003",
    "ID": "001 005 006",
    "REPLAY": "001 002 007 009",
    "BEAT": "001 002 004",
    "RETRY": "001 002",
}


def test_the_rows_that_there_are() -> None:
    expected = [f"SSE-{section}-{number}" for section, numbers in ROWS.items() for number in numbers.split()]

    assert list(REQUIREMENTS) == expected
    assert list(SECTIONS) == list(ROWS)


@pytest.mark.parametrize("id_", REQUIREMENTS)
def test_a_row_says_why_and_what_to_do(id_: str) -> None:
    requirement = REQUIREMENTS[id_]

    assert requirement.why.endswith((".", ")."))
    assert requirement.fix.endswith(".")
    assert not requirement.title.endswith(".")
    assert len(requirement.title) <= 100


def test_a_clause_of_the_standard_leads_to_its_section() -> None:
    anchors = {
        "HTML 9.2.2": "#the-eventsource-interface",
        "HTML 9.2.3": "#sse-processing-model",
        "HTML 9.2.4": "#the-last-event-id-header",
        "HTML 9.2.5": "#parsing-an-event-stream",
        "HTML 9.2.6": "#event-stream-interpretation",
        "HTML 9.2.7": "#authoring-notes",
        "RFC 9110 8.6": "rfc9110#section-8.6",
        "RFC 9110 9.3.2": "rfc9110#section-9.3.2",
        "limits of deployed clients": "#parsing-an-event-stream",
        "whatwg/html#8297": "github.com/whatwg/html/issues/8297",
        "product promise": "#the-last-event-id-header",
    }

    assert {row.id: row.url.endswith(anchors[row.clause]) for row in REQUIREMENTS.values()} == dict.fromkeys(
        REQUIREMENTS, True
    )


def test_requires_are_complete_and_in_order() -> None:
    assert REQUIREMENTS["SSE-HTTP-001"].requires == ()
    assert REQUIREMENTS["SSE-REPLAY-001"].requires == (
        "SSE-HTTP-001",
        "SSE-HTTP-002",
        "SSE-FRAME-001",
        "SSE-FRAME-003",
        "SSE-ID-001",
    )


def test_a_required_row_comes_first() -> None:
    order = list(REQUIREMENTS)

    late = [
        (row.id, other)
        for row in REQUIREMENTS.values()
        for other in row.requires
        if order.index(other) >= order.index(row.id)
    ]
    assert late == []


def test_a_gross_fault_leaves_little_to_fail() -> None:
    """Without blank lines FRAME-001 fails; whatever reads events then depends on it."""
    judged = {row.id for row in REQUIREMENTS.values() if "SSE-FRAME-001" not in row.requires}

    assert judged == {
        "SSE-HTTP-001",
        "SSE-HTTP-002",
        "SSE-HTTP-004",
        "SSE-HTTP-005",
        "SSE-HTTP-009",
        "SSE-FRAME-001",
        "SSE-FRAME-004",
        "SSE-FRAME-006",
        "SSE-ID-006",
        "SSE-BEAT-001",
        "SSE-BEAT-002",
        "SSE-BEAT-004",
    }


def test_injection_needs_a_publisher_and_a_server_that_frames() -> None:
    assert REQUIREMENTS["SSE-INJ-001"].needs == ("publish", "publish.event", "server-framing")


def replaced(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


WRONG: dict[str, tuple[Callable[[], str], str]] = {
    "an unknown key": (
        lambda: replaced("title    =", "titel    ="),
        "row[0]: unknown key 'titel'; did you mean 'title'?",
    ),
    "a level that is none": (
        lambda: replaced('level    = "MUST"', 'level    = "must"'),
        "row[0].level: expected 'MUST' or 'SHOULD' or 'PRACTICE' or 'MAY', got 'must'",
    ),
    "an id of another shape": (
        lambda: replaced('id       = "SSE-HTTP-001"', 'id       = "HTTP-1"'),
        "row[0].id: expected an id like SSE-HTTP-001",
    ),
    "a need that nobody knows": (
        lambda: replaced('needs    = ["open-ended"]', 'needs    = ["openended"]'),
        "row[3].needs[0]: expected 'publish' or 'publish.event' or 'cursor' or 'heartbeat' or ",
    ),
    "the same id twice": (
        lambda: replaced('id       = "SSE-HTTP-004"', 'id       = "SSE-HTTP-002"'),
        "SSE-HTTP-002: there are two rows of this id",
    ),
    "a required row that there is not": (
        lambda: replaced('requires = ["SSE-HTTP-001"]', 'requires = ["SSE-HTTP-999"]'),
        "SSE-HTTP-002: requires SSE-HTTP-999, which is no row",
    ),
    "a section that there is not": (
        lambda: replaced('BEAT   = "Heartbeat"', 'PULSE  = "Heartbeat"'),
        "SSE-BEAT-001: there is no section BEAT",
    ),
    "rows that require one another": (
        lambda: replaced(
            'id       = "SSE-HTTP-001"', 'id       = "SSE-HTTP-001"\nrequires = ["SSE-FRAME-001"]'
        ),
        "rows require one another",
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused(text: Callable[[], str], expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expected)):
        read(text())
