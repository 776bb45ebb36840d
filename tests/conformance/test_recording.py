"""Heads and bodies as `curl -i` writes them."""

import pytest

from conformance.recording import Recording

STREAM = b"Content-Type: text/event-stream\r\n\r\n"
BODY = b"data: x\n\n"

Found = list[tuple[str | None, int]]


def test_a_body_alone() -> None:
    assert Recording.of(BODY) == Recording(b"", 0, BODY, 0)
    assert Recording.of(b"") == Recording(b"", 0, b"", 0)
    assert Recording.of(BODY).head_findings() == []


def test_a_head_and_a_body() -> None:
    recording = Recording.of(b"HTTP/1.1 200 OK\r\n" + STREAM + BODY)

    assert recording == Recording(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream", 0, BODY, 52)


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 301 Moved Permanently\r\nLocation: /e\r\n\r\n",
        b"HTTP/1.1 200 Connection established\r\n\r\n",
    ],
)
def test_of_several_heads_the_last_counts(first: bytes) -> None:
    recording = Recording.of(first + b"HTTP/2 200 \r\n" + STREAM + BODY)

    assert (recording.head_offset, recording.body) == (len(first), BODY)
    assert recording.head_findings() == []


def test_line_ends_may_have_been_converted() -> None:
    assert Recording.of(b"HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n" + BODY).body == BODY


def test_a_head_that_does_not_end_has_no_body() -> None:
    assert Recording.of(b"HTTP/1.1 200 OK\r\nContent-").body == b""


@pytest.mark.parametrize(
    ("head", "expected"),
    {
        "good": (b"HTTP/1.1 200 OK\r\ncontent-type:Text/Event-Stream; charset=utf-8\r\n\r\n", []),
        "201": (b"HTTP/1.1 201 Created\r\n" + STREAM, [("SSE-HTTP-001", 0)]),
        "404": (
            b"HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Type: text/html\r\n\r\n",
            [("SSE-HTTP-001", 0), ("SSE-HTTP-002", 35)],
        ),
        "no type": (b"HTTP/1.1 200 OK\r\n\r\n", [("SSE-HTTP-002", 0)]),
        "two types": (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + STREAM,
            [("SSE-HTTP-002", 42)],
        ),
        "the same type twice": (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + STREAM,
            [("SSE-HTTP-002", 50)],
        ),
        "a type that only contains it": (
            b"HTTP/1.1 200 OK\r\nContent-Type: xtext/event-streamy\r\n\r\n",
            [("SSE-HTTP-002", 17)],
        ),
    }.values(),
    ids=str,
)
def test_what_speaks_against_a_stream(head: bytes, expected: Found) -> None:
    assert [(found.row_id, found.offset) for found in Recording.of(head + BODY).head_findings()] == expected


def test_what_a_head_holds_is_shown_not_obeyed() -> None:
    (finding,) = Recording.of(b"HTTP/1.1 200 OK\r\nContent-Type: \x1b[2Jx\r\n\r\n").head_findings()

    assert '"\\x1b[2Jx"' in finding.text


def test_a_coding_is_named() -> None:
    assert Recording.of(b"HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\n\r\n").coding == "gzip"
    assert Recording.of(b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n\r\n").coding == ""
    assert Recording.of(BODY).coding == ""
