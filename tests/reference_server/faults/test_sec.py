"""Doors that stand open, and no others with them."""

import pytest

from tests.reference_server.faults.talk import TOKEN, fields, lines, talk

GET, POST = "GET /events/c HTTP/1.1", "POST /events/c HTTP/1.1"


@pytest.mark.parametrize(("first", "status"), [(GET, b"200"), (POST, b"401")])
def test_readers_are_not_asked(first: str, status: bytes) -> None:
    answer = talk("readers-unasked", lines(first, "Content-Length: 0"), token=TOKEN)

    assert answer.startswith(b"HTTP/1.1 " + status)


def test_a_refusal_names_no_challenge() -> None:
    answer = talk("unchallenged", lines(GET), token=TOKEN)

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert "www-authenticate" not in fields(answer)


@pytest.mark.parametrize(
    ("name", "header", "status"),
    [
        ("any-origin", "Origin: http://evil.example", b"200"),
        ("any-origin", "Host: evil.example", b"403"),
        ("any-host", "Origin: http://evil.example", b"403"),
        ("any-host", "Host: evil.example", b"200"),
    ],
)
def test_one_of_two_is_not_looked_at(name: str, header: str, status: bytes) -> None:
    request = lines(GET, header)
    if header.startswith("Host"):
        request = request.replace(b"Host: localhost\r\n", b"")

    assert talk(name, request).startswith(b"HTTP/1.1 " + status)
