"""What may not be shown leaves no trace in what is written; the rest is as it was."""

import json
from typing import Any

import pytest

from tests.matrix.published import published, withheld


def row(id_: str, verdict: str, reason: str = "") -> dict[str, Any]:
    found = {"expected": "e", "observed": "SECRET", "evidence": "SECRET", "reproduce": "SECRET"}
    shown = found if withheld(id_) else dict.fromkeys(found, "seen")
    return {"id": id_, "verdict": verdict, "reason": reason, "arrivals": [[0.1, 7]], "seconds": 1.5, **shown}


def document(*rows: dict[str, Any]) -> bytes:
    portability = [{"client": "x", "evidence": "SECRET"}]
    summary = {"counts": {"FAIL": 9}, "coverage": 0.1}
    found = {"rows": rows, "portability": portability, "summary": summary, "exit_code": 1, "seed": "s"}
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        *(("SSE-INJ-001", True), ("SSE-INJ-008", True), ("SSE-SEC-004", True)),
        *(("SSE-DATA-002", True), ("SSE-DATA-008", True), ("SSE-DATA-010", True)),
        *(("SSE-DATA-001", False), ("SSE-HTTP-001", False)),
    ],
)
def test_these_are_withheld(row: str, expected: bool) -> None:
    assert withheld(row) is expected


def test_nothing_of_a_withheld_row_is_written() -> None:
    content = published(document(row("SSE-INJ-001", "FAIL"), row("SSE-HTTP-001", "PASS")))
    one, other = json.loads(content)["rows"]

    assert b"SECRET" not in content
    assert (one["verdict"], one["reason"]) == ("SKIP", "deselected: not published")
    assert other == row("SSE-HTTP-001", "PASS")


def test_counts_are_those_of_what_is_shown() -> None:
    rows = [row("SSE-SEC-001", "FAIL"), row("SSE-HTTP-001", "PASS"), row("SSE-HTTP-002", "INCONCLUSIVE")]
    found = json.loads(published(document(*rows)))

    assert found["summary"] == {"counts": {"PASS": 1, "SKIP": 1, "INCONCLUSIVE": 1}, "coverage": 0.5}
    assert found["exit_code"] == 0
    assert found["portability"] == []


def test_a_row_that_fails_in_the_open_is_the_exit_code() -> None:
    found = json.loads(published(document(row("SSE-HTTP-001", "FAIL"), row("SSE-HTTP-002", "PASS"))))

    assert found["exit_code"] == 1


@pytest.mark.parametrize("reason", ["SSE-INJ-001 is FAIL", "SSE-DATA-002: the stream was cut"])
def test_a_reason_does_not_tell_of_another_row(reason: str) -> None:
    (found,) = json.loads(published(document(row("SSE-FRAME-001", "DEPENDENCY", reason))))["rows"]

    assert found["reason"] == "it requires a row that is not published"


LOST = 'the stream was ended by the server, when "a\\r\\nSECRET" was published'


@pytest.mark.parametrize(
    ("verdict", "reason", "observed"),
    [
        ("INCONCLUSIVE", LOST, ""),
        ("FAIL", f"at the origin http://127.0.0.1:1 it could not be judged: {LOST}", "seen"),
    ],
    ids=["not judged", "not judged at the origin"],
)
@pytest.mark.parametrize("id_", ["SSE-DATA-001", "SSE-FRAME-008"])
def test_a_row_that_shares_the_stream_does_not_quote_what_ended_it(
    id_: str, verdict: str, reason: str, observed: str
) -> None:
    content = published(document(row(id_, verdict, reason)))
    (found,) = json.loads(content)["rows"]

    assert b"SECRET" not in content
    assert (found["verdict"], found["observed"]) == (verdict, observed)
    assert found["reason"] == "it quotes a payload, which is not published"


def test_other_reasons_stay() -> None:
    rows = [row("SSE-DATA-001", "INCONCLUSIVE", "too late"), row("SSE-BEAT-001", "INCONCLUSIVE", '"x"')]

    assert json.loads(published(document(*rows)))["rows"] == rows
