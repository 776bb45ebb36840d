"""The rows of CACHE judge literal heads, field by field."""

import pytest

from conformance.checks import test_cache
from conformance.reading import Reading
from conformance.verdict import Unjudged
from tests.conformance.test_reading import CLOSED, reading


def head(*fields: str, status: str = "200 OK") -> Reading:
    lines = "".join(f"{field}\r\n" for field in fields)
    return reading(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (["Cache-Control: no-store"], "PASS"),
        (["cache-control: private, No-Cache"], "PASS"),
        (["Cache-Control: private", "Cache-Control: no-cache"], "PASS"),
        (['Cache-Control: no-cache="Set-Cookie"'], "FAIL"),
        (["Cache-Control: max-age=0"], "FAIL"),
        (["Pragma: no-cache"], "FAIL"),
        ([], "FAIL"),
    ],
)
def test_not_from_a_cache(fields: list[str], expected: str) -> None:
    assert test_cache.test_not_from_a_cache(head(*fields)).verdict == expected


@pytest.mark.parametrize(
    ("fields", "observed"),
    [
        (["Cache-Control: no-cache, no-transform", "X-Accel-Buffering: no"], ""),
        (["Cache-Control: no-cache", "Cache-Control: NO-TRANSFORM", "x-accel-buffering: No"], ""),
        (["Cache-Control: no-transform"], "without X-Accel-Buffering: no"),
        (["X-Accel-Buffering: no"], "without Cache-Control: no-transform"),
        (["X-Accel-Buffering: yes"], "without Cache-Control: no-transform and X-Accel-Buffering: no"),
    ],
)
def test_not_transformed(fields: list[str], observed: str) -> None:
    judgement = test_cache.test_not_transformed(head(*fields))

    assert judgement.verdict == ("FAIL" if observed else "PASS")
    assert not observed or judgement.observed == observed


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("200 OK", "PASS"),
        ("304 Not Modified", "FAIL"),
        ("206 Partial Content", "FAIL"),
        ("412 Precondition Failed", "FAIL"),
        ("416 Range Not Satisfiable", "FAIL"),
        ("400 Bad Request", "FAIL"),
        ("429 Too Many Requests", "INCONCLUSIVE"),
        ("503 Busy", "INCONCLUSIVE"),
    ],
)
def test_not_conditional(status: str, expected: str) -> None:
    answers = {'If-None-Match: "x"': head(), "Range: bytes=0-": head(status=status)}

    assert test_cache.test_not_conditional(answers, reading(CLOSED)).verdict == expected


def test_no_answer_is_no_verdict() -> None:
    with pytest.raises(Unjudged, match="no response head"):
        test_cache.test_not_conditional({"Range: bytes=0-": reading()}, reading(CLOSED))
