"""The catalogue: complete, without cycles, and strict about its own file."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from conformance.requirements import REQUIREMENTS, SECTIONS, read

GOOD = files("conformance").joinpath("requirements.toml").read_text(encoding="utf-8")
ROWS = {
    "HTTP": "001 002 003 004 005 006 007 008 009 010 011 012 013 014 015 017",
    "FRAME": "001 002 003 004 005 006 007 008 009 010 011 012 013",
    "DATA": "001 002 003 004 005 006 007 008 009 010",
    "INJ": "001 002 003 004 005 006 007 008",
    "ID": "001 002 003 004 005 006 007 008 009",
    "REPLAY": "001 002 003 004 005 006 007 008 009 010 011 012",
    "BEAT": "001 002 003 004 005 006",
    "RETRY": "001 002",
    "FLOW": "001 002 003 004 005 006 007 008 009 010",
    "CONN": "001 002 004 005 006 007 008",
    "CORS": "001 002 003 004",
    "CACHE": "001 002 003",
    "PROXY": "001 002",
    "H2": "001 002 003",
    "SEC": "001 002 003 004",
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
        "HTML 9.2.1": "#server-sent-events-intro",
        "RFC 9112 6.1": "rfc9112#section-6.1",
        "RFC 9112 6.2": "rfc9112#section-6.2",
        "RFC 9112 7.1": "rfc9112#section-7.1",
        "RFC 9112 9.3": "rfc9112#section-9.3",
        "RFC 9110 5.1": "rfc9110#section-5.1",
        "OWASP API1:2023": "0xa1-broken-object-level-authorization/",
        "RFC 9110 5.5": "rfc9110#section-5.5",
        "RFC 9110 15.5": "rfc9110#section-15.5",
        "RFC 9110 7.7": "rfc9110#section-7.7",
        "RFC 9110 8.6": "rfc9110#section-8.6",
        "RFC 9110 12.5.1": "rfc9110#section-12.5.1",
        "RFC 9110 12.5.5": "rfc9110#section-12.5.5",
        "RFC 9110 13": "rfc9110#section-13",
        "RFC 9110 15.5.2": "rfc9110#section-15.5.2",
        "RFC 9110 15.5.6": "rfc9110#section-15.5.6",
        "RFC 9111 5.2.2": "rfc9111#section-5.2.2",
        "Fetch 2.2.2": "fetch.spec.whatwg.org/#cors-unsafe-request-header-byte",
        "Fetch 3.3": "fetch.spec.whatwg.org/#http-cors-protocol",
        "Fetch 4.8": "fetch.spec.whatwg.org/#cors-preflight-fetch",
        "MCP 2025-11-25": "specification/2025-11-25/basic/transports#security-warning",
        "RFC 9110 9.3.2": "rfc9110#section-9.3.2",
        "limits of deployed clients": "#parsing-an-event-stream",
        "whatwg/html#8297": "github.com/whatwg/html/issues/8297",
        "RFC 9110 10.2.3": "rfc9110#section-10.2.3",
        "RFC 9110 15.6.4": "rfc9110#section-15.6.4",
        "RFC 9112 8": "rfc9112#section-8",
        "RFC 9113 5.2": "rfc9113#section-5.2",
        "RFC 9113 8.2.2": "rfc9113#section-8.2.2",
        "RFC 9293 3.6": "rfc9293#section-3.6",
        "RFC 9293 3.5.3": "rfc9293#section-3.5.3",
        "RFC 9110 8.4": "rfc9110#section-8.4",
        "RFC 9110 8.4.1": "rfc9110#section-8.4.1",
        "RFC 1122 4.2.3.4": "rfc1122#section-4.2.3.4",
        "practice": "#authoring-notes",
        "product promise": "#the-last-event-id-header",
    }

    assert {row.id: row.url.endswith(anchors[row.clause]) for row in REQUIREMENTS.values()} == dict.fromkeys(
        REQUIREMENTS, True
    )


def test_requires_are_complete_and_in_order() -> None:
    assert REQUIREMENTS["SSE-HTTP-001"].requires == ()
    assert REQUIREMENTS["SSE-ID-001"].requires == (
        "SSE-HTTP-001",
        "SSE-HTTP-002",
        "SSE-FRAME-001",
        "SSE-FRAME-003",
    )


def test_a_required_row_comes_first() -> None:
    """Those that stop the server, or fill it, are judged last, in whatever section they are."""
    order = {
        row.id: (not {"process", "cap"}.isdisjoint(row.needs), number)
        for number, row in enumerate(REQUIREMENTS.values())
    }

    late = [
        (row.id, other)
        for row in REQUIREMENTS.values()
        for other in row.requires
        if order[other] >= order[row.id]
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
        "SSE-INJ-007",
        "SSE-ID-006",
        "SSE-BEAT-001",
        "SSE-BEAT-002",
        "SSE-BEAT-004",
        "SSE-HTTP-003",
        "SSE-HTTP-006",
        "SSE-HTTP-007",
        "SSE-HTTP-008",
        "SSE-HTTP-010",
        "SSE-HTTP-011",
        "SSE-HTTP-012",
        "SSE-HTTP-013",
        "SSE-HTTP-014",
        "SSE-HTTP-017",
        "SSE-CORS-001",
        "SSE-CORS-002",
        "SSE-CORS-003",
        "SSE-CORS-004",
        "SSE-CACHE-001",
        "SSE-CACHE-002",
        "SSE-CACHE-003",
        "SSE-SEC-001",
        "SSE-SEC-004",
        "SSE-CONN-005",
        "SSE-CONN-004",
        "SSE-CONN-002",
        "SSE-CONN-001",
        "SSE-HTTP-015",
        "SSE-BEAT-005",
        "SSE-BEAT-006",
        "SSE-FLOW-003",
        "SSE-FLOW-008",
        "SSE-PROXY-001",
        "SSE-PROXY-002",
        "SSE-H2-001",
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
        "row[4].needs[0]: expected 'publish' or 'publish.event' or ",
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
