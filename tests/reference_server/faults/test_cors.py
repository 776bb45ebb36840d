"""Faults of CORS, in the fields that a browser looks at."""

import pytest

from tests.reference_server.faults.talk import PAGE, fields, lines, talk

EVIL = "https://evil.example"
BEGIN = "access-control-allow-"
PREFLIGHT = ("Access-Control-Request-Method: GET", "Access-Control-Request-Headers: last-event-id")


def allowed(answer: bytes) -> dict[str, str]:
    """The fields that allow something, without their common beginning."""
    found = fields(answer)
    return {name.removeprefix(BEGIN): value for name, value in found.items() if name.startswith(BEGIN)}


@pytest.mark.parametrize(
    ("name", "origin", "expected"),
    [
        ("cors-not-on-streams", PAGE, {}),
        ("cors-star", PAGE, {"origin": "*", "credentials": "true"}),
        ("cors-mirror", EVIL, {"origin": EVIL, "credentials": "true"}),
        ("cors-unvaried", PAGE, {"origin": PAGE, "credentials": "true"}),
        ("cors-bare-preflight", PAGE, {"origin": PAGE, "credentials": "true"}),
    ],
)
def test_streams(name: str, origin: str, expected: dict[str, str]) -> None:
    answer = talk(name, lines("GET /events/c HTTP/1.1", f"Origin: {origin}"))

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert allowed(answer) == expected
    assert ("vary" in fields(answer)) is (name in {"cors-star", "cors-mirror", "cors-bare-preflight"})


def test_all_else_has_its_fields() -> None:
    answer = talk("cors-not-on-streams", lines("GET /snapshot HTTP/1.1", f"Origin: {PAGE}"))

    assert allowed(answer) == {"origin": PAGE, "credentials": "true"}


def test_a_preflight_names_no_fields() -> None:
    answer = talk("cors-bare-preflight", lines("OPTIONS /events/c HTTP/1.1", f"Origin: {PAGE}", *PREFLIGHT))

    assert answer.startswith(b"HTTP/1.1 204 ")
    assert allowed(answer).keys() == {"origin", "credentials", "methods"}
