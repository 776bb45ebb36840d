"""Deployed clients read captured streams; where one differs from the standard, that is shown."""

from collections.abc import Iterator, Sequence

import pytest

from conformance.clients import CLIENTS, Client, Heard
from conformance.differential import compared
from conformance.transcript import Arrival, Transcript

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
ALL = [client.package for client in CLIENTS]


def stream(*pieces: bytes, head: bytes = HEAD) -> Transcript:
    arrivals = tuple(Arrival(0.1 * number, piece) for number, piece in enumerate((head, *pieces)))
    return Transcript("a stream", "http://x/", REQUEST, 0.0, arrivals, "", 9.0)


PLAIN = stream(b"event: e\ndata: a\ndata: b\n\n", b"data: \xe2\x82", b"\xac\n\nda", b"ta: c\r\n\r\n")
CASES = {
    "plain": (PLAIN, []),
    "CR only": (stream(b"data: x\r\rdata: y\r\r"), []),
    "a BOM": (stream(b"\xef\xbb\xbfdata: x\n\ndata: y\n\n"), ALL),
    "a comment after an id": (stream(b"id: 1\ndata: x\n\n", b": beat\n\n", b"data: y\n\n"), ["httpx-sse"]),
    "an end in the middle of an event": (stream(b"data: x\n\ndata: y"), []),
}


@pytest.mark.parametrize(("transcript", "differing"), CASES.values(), ids=CASES)
def test_clients_are_what_they_are(transcript: Transcript, differing: list[str]) -> None:
    found = compared([transcript])

    assert [one.client for one in found] == ALL
    assert [one.client for one in found if one.differing] == differing
    assert all(one.version and one.streams == 1 for one in found)


def test_the_first_difference_is_shown_with_its_bytes() -> None:
    (found, *_) = compared([PLAIN, stream(b"id: 1\ndata: x\n\n", b": beat\n\n", b"data: y\n\n")])

    assert (found.client, found.streams, found.events, found.differing) == ("httpx-sse", 2, 5, 1)
    assert found.first is not None
    assert (found.first.wanted, found.first.got, found.first.at) == ('message "y"', 'message ""', 15)
    assert b": beat" in found.first.evidence


def raising(pieces: Sequence[bytes]) -> Iterator[Heard]:
    yield Heard("message", pieces[0].decode()[6:7])
    raise ValueError("no more")


def more(pieces: Sequence[bytes]) -> Iterator[Heard]:
    yield from [Heard("message", "x")] * (len(pieces) + 1)


@pytest.mark.parametrize(
    ("read", "got"),
    [(raising, "ValueError: no more"), (more, 'message "x"'), (lambda _: iter(()), "no event")],
)
def test_whatever_a_client_does_is_a_difference(read: object, got: str) -> None:
    body = stream(b"data: x\n\n") if got != "ValueError: no more" else stream(b"data: x\n\ndata: y\n\n")

    (found,) = compared([body], [Client("pytest", read)])  # type: ignore[arg-type] # a table of functions

    assert found.first is not None
    assert found.first.got == got


def test_what_is_no_legal_stream_is_not_compared() -> None:
    others = [
        stream(b"data: \xff\n\n"),
        stream(b"data: x\n\n", head=HEAD.replace(b"200 OK", b"404 Not Found")),
        stream(b"data: x\n\n", head=HEAD.replace(b"event-stream", b"html")),
        stream(b"data: x\n\n" * 50_000),
    ]

    assert [one.streams for one in compared(others)] == [0, 0, 0]


def test_a_client_that_is_not_installed_says_so() -> None:
    (found,) = compared([PLAIN], [Client("no-such-client", more)])

    assert (found.version, found.streams, found.first) == ("", 0, None)
