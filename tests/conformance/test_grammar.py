"""Findings of literal bodies: the row, the level, the offset, and words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.grammar import LONGEST_LINE, Finding, findings
from conformance.requirements import REQUIREMENTS
from tests.conformance.vectors import VECTORS, Found, Vector


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_findings_of_the_vectors(vector: Vector) -> None:
    found = findings(vector.body)

    assert [Found(one.row_id, one.level, one.offset) for one in found] == vector.findings


# of a vector: a piece of each finding's text
WORDS = {
    "an-unknown-field-after-data": ['"foo"'],
    "upper-case": ['did you mean "data"?'],
    "a-space-before-the-name": ['did you mean "data"?'],
    "a-page-instead-of-a-stream": ['"<html>"', '"<p>502</p>"', '"</html>"'],
    "control-characters-in-a-name": ['"\\x1b[2J"'],
    "latin-1-in-mid-text": ['"\\xe9 au lait" after "data: caf"'],
    "a-sequence-broken-by-its-line-end": ["not UTF-8"],
    "a-bom": ["byte order mark"],
    "a-bom-later-on": ["byte order mark", '"\\ufeffdata"; did you mean "data"?'],
    "an-unfinished-block": ["last 14 bytes"],
    "an-unfinished-line": ["last 2 bytes"],
    "an-event-without-data": ["without a data line"],
    "retry-with-a-fraction": ['"1.5"'],
    "retry-without-a-value": ['""'],
    "retry-in-full-width-digits": ["ASCII"],
    "retry-0": ["retry 0 ms: if the server is down"],
    "a-nul-in-an-id": ['"a\\x00b"'],
    "two-ids-in-a-block": ["2 id lines in one block"],
    "crlf-after-lf": ["CRLF, the first one in LF"],
    "cr-alone": ["CR alone"],
    "a-raw-cr-in-data": ["CR alone", "LF, the first one in CR"],
}


@pytest.mark.parametrize("id_", WORDS)
def test_findings_are_told_in_words_that_help(id_: str) -> None:
    texts = [finding.text for finding in findings(VECTORS[id_].body)]

    assert [word in text for word, text in zip(WORDS[id_], texts, strict=True)] == [True] * len(texts)


@pytest.mark.parametrize(
    ("body", "expected"),
    {
        "a long line": (b"data: " + b"x" * LONGEST_LINE + b"\n\n", ["a line of 65542 bytes"]),
        "a line that just fits": (b"data: " + b"x" * (LONGEST_LINE - 6) + b"\n\n", []),
    }.values(),
    ids=["a long line", "a line that just fits"],
)
def test_long_lines(body: bytes, expected: list[str]) -> None:
    assert [finding.text[:21] for finding in findings(body)] == expected


@pytest.mark.parametrize(
    ("value", "flagged"),
    [
        ("0", True),
        ("99", True),
        ("0099", True),
        ("100", False),
        ("2000", False),
        ("3600000", False),
        ("3600001", True),
        ("9" * 5000, True),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_retry_that_nobody_means(value: str, flagged: bool) -> None:
    found = findings(f"retry: {value}\n\n".encode())

    assert [one.row_id for one in found] == ["SSE-RETRY-002"] * flagged


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
    found = {(one.row, one.level) for vector in VECTORS.values() for one in vector.findings}

    assert found == {(row, REQUIREMENTS[row].level) for row, _ in found}
    assert len(found) == 10
