"""The rows of SEC judge literal refusals."""

import pytest

from conformance.checks import test_sec
from conformance.reading import Reading
from tests.conformance.test_reading import CHUNKED, CLOSED, reading


def answer(status: str, *fields: str) -> Reading:
    lines = "".join(f"{field}\r\n" for field in fields)
    return reading(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())


CHALLENGE = "WWW-Authenticate: Bearer"
STREAM = reading(CHUNKED)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (answer("401 Unauthorized", CHALLENGE), "PASS"),
        (answer("403 Forbidden"), "PASS"),
        (answer("404 Not Found"), "PASS"),
        (answer("400 Bad Request"), "WARN"),
        (answer("401 Unauthorized"), "FAIL"),
        (answer("302 Found", "Location: /login"), "FAIL"),
        (answer("500 Oh"), "FAIL"),
        (STREAM, "FAIL"),
    ],
    ids=["401", "403", "hidden", "400", "no challenge", "a page to log in", "500", "a stream"],
)
def test_strangers(found: Reading, expected: str) -> None:
    nobody = {"no credentials": answer("401 Unauthorized", CHALLENGE), "made-up credentials": found}

    assert test_sec.test_strangers_may_not_read(nobody, reading(CLOSED)).verdict == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (answer("403 Forbidden"), "PASS"),
        (answer("421 Misdirected Request"), "PASS"),
        (answer("401 Unauthorized"), "INCONCLUSIVE"),
        (answer("200 OK"), "PASS"),
        (STREAM, "FAIL"),
    ],
    ids=["403", "421", "refused for something else", "another site", "a stream"],
)
def test_foreigners(found: Reading, expected: str) -> None:
    foreign = {"Origin: http://evil.example": answer("403 Forbidden"), "Host: evil.example": found}

    assert test_sec.test_foreigners_are_refused(foreign, reading(CLOSED)).verdict == expected
