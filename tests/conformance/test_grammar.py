"""Findings of literal bodies: the row, the level, the offset, and words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.grammar import LONGEST_LINE, Finding, findings
from conformance.requirements import REQUIREMENTS

Brief = tuple[str | None, str, int]  # row, level, offset

MANY = "2 id lines in one block"

# name: (body, what is found, a piece of each text)
CASES: dict[str, tuple[bytes, list[Brief], list[str]]] = {
    "nothing": (b"", [], []),
    "a clean stream": (b"retry: 2000\n\n: hi\n\nid: 1\nevent: e\ndata: x\ndata:\n\n: ping\n\n", [], []),
    "a clean stream in CRLF": (b": hi\r\n\r\nid: 1\r\ndata: x\r\n\r\n", [], []),
    "a comment after the last block": (b"data: x\n\n: bye\n", [], []),
    "an unknown field": (b"data: x\nfoo: y\n\n", [("SSE-FRAME-004", "SHOULD", 8)], ['"foo"']),
    "upper case": (b"Data: x\n\n", [("SSE-FRAME-004", "SHOULD", 0)], ['did you mean "data"?']),
    "capitals": (b"DATA: x\n\n", [("SSE-FRAME-004", "SHOULD", 0)], ['did you mean "data"?']),
    "a space before the name": (b" data: x\n\n", [("SSE-FRAME-004", "SHOULD", 0)], ['did you mean "data"?']),
    "a page instead of a stream": (
        b"<html>\n<p>502</p>\n</html>\n\n",
        [("SSE-FRAME-004", "SHOULD", 0), ("SSE-FRAME-004", "SHOULD", 7), ("SSE-FRAME-004", "SHOULD", 18)],
        ['"<html>"', '"<p>502</p>"', '"</html>"'],
    ),
    "control characters in a name": (
        b"\x1b[2J: y\n\n",
        [("SSE-FRAME-004", "SHOULD", 0)],
        ['"\\x1b[2J"'],
    ),
    "Latin-1": (
        b"data: caf\xe9 au lait\n\n",
        [("SSE-FRAME-006", "MUST", 9)],
        ['"\\xe9 au lait" after "data: caf"'],
    ),
    "Latin-1 on two lines": (
        b"data: \xe9\ndata: \xe9\n\n",
        [("SSE-FRAME-006", "MUST", 6), ("SSE-FRAME-006", "MUST", 14)],
        ["not UTF-8", "not UTF-8"],
    ),
    "a sequence broken by its line end": (
        b"data: \xe2\x82\n\n",
        [("SSE-FRAME-006", "MUST", 6)],
        ["not UTF-8"],
    ),
    "a BOM": (b"\xef\xbb\xbfdata: x\n\n", [(None, "PRACTICE", 0)], ["byte order mark"]),
    "a BOM before the second event": (
        b"data: x\n\n\xef\xbb\xbfdata: y\n\n",
        [("SSE-FRAME-004", "SHOULD", 9)],
        ['"\\ufeffdata"; did you mean "data"?'],
    ),
    "an unfinished block": (
        b"data: x\n\nid: 2\ndata: y\n",
        [("SSE-FRAME-001", "MUST", 9)],
        ["last 14 bytes"],
    ),
    "an unfinished line": (b"data: x\n\nda", [("SSE-FRAME-001", "MUST", 9)], ["last 2 bytes"]),
    "an event without data": (b"event: ping\n\n", [(None, "SHOULD", 0)], ["without a data line"]),
    "an id alone is a priming block": (b"id: 7\n\n", [], []),
    "retry with a fraction": (b"retry: 1.5\n\n", [(None, "MUST", 0)], ['"1.5"']),
    "an empty retry": (b"retry\n\n", [(None, "MUST", 0)], ['""']),
    "full-width digits": ("retry: \uff15\n\n".encode(), [(None, "MUST", 0)], ["ASCII"]),
    "a NUL in an id": (b"data: x\nid: a\0b\n\n", [(None, "MUST", 8)], ['"a\\x00b"']),
    "two ids in a block": (b"id: 1\ndata: x\nid: 2\ndata: y\n\n", [(None, "SHOULD", 0)], [MANY]),
    "a long line": (b"data: " + b"x" * LONGEST_LINE + b"\n\n", [(None, "PRACTICE", 0)], ["65542 bytes"]),
    "a line that just fits": (b"data: " + b"x" * (LONGEST_LINE - 6) + b"\n\n", [], []),
    "mixed endings": (b"data: x\n\ndata: y\r\n\r\n", [(None, "PRACTICE", 9)], ["CRLF, the first one in LF"]),
    "CR alone": (b"data: x\r\rdata: y\r\r", [(None, "PRACTICE", 0)], ["CR alone"]),
    "a raw CR in data": (
        b"data: x\revent: evil\n\n",
        [(None, "PRACTICE", 0), (None, "PRACTICE", 8)],
        ["CR alone", "LF, the first one in CR"],
    ),
}


@pytest.mark.parametrize(("body", "expected", "words"), CASES.values(), ids=CASES)
def test_findings_of_literal_bodies(body: bytes, expected: list[Brief], words: list[str]) -> None:
    found = findings(body)

    assert [(finding.row_id, finding.level, finding.offset) for finding in found] == expected
    assert [word in finding.text for finding, word in zip(found, words, strict=True)] == [True] * len(words)


@pytest.mark.parametrize("cut", range(len("id: é\r\ndata: 😀\r\n\r\n: p\r\n\r\n".encode()) + 1))
def test_a_good_body_is_blamed_nowhere_for_being_cut(cut: int) -> None:
    body = "id: é\r\ndata: 😀\r\n\r\n: p\r\n\r\n".encode()[:cut]

    assert findings(body, ended=False) == []


def test_a_cut_body_is_still_judged_up_to_the_cut() -> None:
    assert [finding.offset for finding in findings(b"foo: x\nretry: y\nda", ended=False)] == [0, 7]
    assert [finding.offset for finding in findings(b"data: \xff\ndata: \xe2\x82", ended=False)] == [6]


@given(st.binary(max_size=80))
def test_any_bytes_are_judged_and_every_text_is_printable(body: bytes) -> None:
    found = findings(body)

    assert all(0 <= finding.offset <= len(body) and finding.text.isprintable() for finding in found)
    assert found == sorted(found, key=lambda finding: finding.offset)


def test_a_finding_is_a_value() -> None:
    assert findings(b"foo\n\n") == [
        Finding("SSE-FRAME-004", "SHOULD", 0, 'every client ignores a line that begins with "foo"')
    ]


def test_a_finding_has_the_level_of_its_row() -> None:
    found = [finding for body, *_ in CASES.values() for finding in findings(body) if finding.row_id]

    assert {finding.row_id for finding in found} == {"SSE-FRAME-001", "SSE-FRAME-004", "SSE-FRAME-006"}
    assert [one for one in found if one.row_id and REQUIREMENTS[one.row_id].level != one.level] == []
