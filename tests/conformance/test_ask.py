"""The bytes of requests that differ from the plain subscription, and the commands that send them again."""

from conformance.ask import Ask, octets
from conformance.evidence import again
from conformance.target.request import Request
from conformance.transcript import Transcript

URL = "http://h:8000/e?x=1"
GET = Request("GET", URL, ((b"Accept", b"text/event-stream"),))
POST = Request("POST", URL, ((b"Accept", b"text/event-stream"),), b"{}")


def command(request: bytes) -> str:
    return again(Transcript("", URL, request, 0.0))


def test_the_plain_subscription() -> None:
    assert octets(GET) == (
        b"GET /e?x=1 HTTP/1.1\r\nHost: h:8000\r\nAccept-Encoding: identity\r\nAccept: text/event-stream\r\n"
        b"Cache-Control: no-store\r\n\r\n"
    )


def test_fields_that_replace_others_and_fields_that_are_left_out() -> None:
    sent = octets(GET, Ask(instead={b"accept": None, b"host": b"evil.example", b"origin": b"null"}))

    assert sent == (
        b"GET /e?x=1 HTTP/1.1\r\nAccept-Encoding: identity\r\nCache-Control: no-store\r\n"
        b"Host: evil.example\r\nOrigin: null\r\n\r\n"
    )


def test_another_version_and_another_method_which_has_no_body() -> None:
    assert octets(POST, Ask(version="1.0")).startswith(b"POST /e?x=1 HTTP/1.0\r\n")
    assert octets(POST).endswith(b"Content-Length: 2\r\n\r\n{}")
    assert octets(POST, Ask(method="OPTIONS")) == (
        b"OPTIONS /e?x=1 HTTP/1.1\r\nHost: h:8000\r\nAccept-Encoding: identity\r\n"
        b"Accept: text/event-stream\r\n\r\n"
    )


def test_a_command_sends_what_was_sent_and_nothing_of_curls_own() -> None:
    assert command(octets(GET)) == (
        f"curl -sNi -H 'Accept: text/event-stream' -H 'Cache-Control: no-store' '{URL}'"
    )
    foreign = octets(GET, Ask(version="1.0", instead={b"accept": None, b"host": b"evil.example"}))
    assert command(foreign) == (
        f"curl -sNi --http1.0 -H Accept: -H 'Cache-Control: no-store' -H 'Host: evil.example' '{URL}'"
    )
    coded = octets(GET, more=((b"Accept-Encoding", b"gzip"),))
    assert "-H 'Accept-Encoding: gzip'" in command(coded)
