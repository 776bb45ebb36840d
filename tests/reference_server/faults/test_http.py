"""Faults of HTTP, in literal bytes."""

import re

import pytest

from tests.reference_server.faults.talk import fields, lines, talk

GET = lines("GET /events/c HTTP/1.1")
BOUNDED = lines("GET /events/c?limit=1 HTTP/1.1")


def test_a_stream_is_labelled_latin_1() -> None:
    assert fields(talk("latin1-label", GET))["content-type"] == "text/event-stream; charset=iso-8859-1"


def test_two_lengths() -> None:
    found = fields(talk("two-lengths", GET))

    assert (found["content-length"], found["transfer-encoding"]) == ("1000000000", "chunked")


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("no-last-chunk", rb"data: 0\n\n\r\n<closed>$"),
        ("closes-unannounced", rb"data: 0\n\n\r\n0\r\n\r\n<closed>$"),
        ("exact-accept", b"406 "),
    ],
)
def test_ends(name: str, end: bytes) -> None:
    request = lines("GET /events/c?limit=1 HTTP/1.1", "Accept: */*")
    answer = talk(name, request, events=0 if name == "exact-accept" else 1)

    assert re.search(end, answer)
    assert "connection" not in fields(answer)


def test_chunks_for_http_1_0() -> None:
    answer = talk("chunks-for-http-1.0", BOUNDED.replace(b"1.1", b"1.0"), events=1)

    assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
    assert fields(answer)["transfer-encoding"] == "chunked"
    assert re.search(rb"\r\n\r\n10\r\nid: \w{8}-0\n\n\r\n", answer)
    assert answer.endswith(b"data: 0\n\n\r\n0\r\n\r\n<closed>")


def test_http_1_1_keeps_its_chunks_and_its_connection() -> None:
    answer = talk("chunks-for-http-1.0", BOUNDED, events=1)

    assert answer.endswith(b"data: 0\n\n\r\n0\r\n\r\n")


def test_delete_opens_a_stream() -> None:
    answer = talk("delete-streams", GET.replace(b"GET", b"DELETE"))

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert fields(answer)["content-type"] == "text/event-stream"


def test_405_without_allow() -> None:
    answer = talk("405-without-allow", GET.replace(b"GET", b"DELETE"))

    assert answer.startswith(b"HTTP/1.1 405 Method Not Allowed\r\n")
    assert "allow" not in fields(answer)


def test_a_bad_subscription_is_let_in() -> None:
    answer = talk("error-as-event", lines("GET /events/c?limit=many HTTP/1.1"))

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"event: error\ndata: limit='many' is no number of events\n\n")


def test_an_error_stands_bare_after_three_events() -> None:
    answer = talk("bare-error", GET, events=4)

    assert re.sub(rb"id: \w{8}-\d\n", b"", answer).endswith(
        b'data: 2\n\n\r\n24\r\n{"error": "Internal Server Error"}\n\n\r\n18\r\ndata: 3\n\n\r\n'
    )


def test_whoever_comes_back_waits() -> None:
    answer = talk("no-204", lines("GET /events/c?limit=1 HTTP/1.1", "Last-Event-ID: x"), events=2)

    assert answer.count(b"data: ") == 3  # a reset, and two events where there was a limit of one
    assert not answer.endswith(b"0\r\n\r\n")
