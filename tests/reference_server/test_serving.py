"""Peers that speak no HTTP, or not to the end: a clear answer, no noise, and a server that goes on."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import DEADLINE

POST = b"POST /measurements HTTP/1.1\r\nHost: [::1]\r\nContent-Type: application/json\r\n"
ODD = {
    "noise": (b"\x00\xff\xa5" * 100 + b"\r\n\r\n", b" 400 "),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b" 400 "),
    "a path that is too long": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b" 414 "),
    "a field that is too long": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000 + b"\r\n\r\n", b" 431 "),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", b" 400 "),
    "NUL in a field": (b"GET /events HTTP/1.1\r\nHost: [::1]\r\nLast-Event-ID: a\0b\r\n\r\n", b" 400 "),
    "a length and chunks": (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", b" 400 "),
    "a negative length": (POST + b"Content-Length: -5\r\n\r\n", b" 400 "),
    "gzip that is none": (POST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", b" 400 "),
    "a coding that is none": (POST + b"Content-Encoding: foo\r\nContent-Length: 2\r\n\r\n[]", b" 415 "),
    "two cursors": (
        b"GET /events HTTP/1.1\r\nHost: [::1]\r\nLast-Event-ID: a\r\nLast-Event-ID: b\r\n\r\n",
        b" 200 ",
    ),
    "a line end in the query": (
        b"GET /events?lastEventId=a%0d%0aX:y HTTP/1.1\r\nHost: [::1]\r\n\r\n",
        b" 200 ",
    ),
}


def connect(url: str) -> socket.socket:
    at = urlsplit(url)
    return socket.create_connection((at.hostname or "", at.port or 80), DEADLINE)


@pytest.mark.parametrize(("request_", "status"), ODD.values(), ids=ODD)
def test_an_odd_request_is_answered(url: str, request_: bytes, status: bytes) -> None:
    with connect(url) as peer:
        peer.sendall(request_)
        line = peer.recv(65536).partition(b"\r\n")[0]

    assert status in line


@pytest.mark.parametrize(
    "request_", [b"GET /events HTTP/1.1\r\nHost: [::1]\r\n\r\n", POST + b"Content-Length: 50\r\n\r\n{", b""]
)
def test_peers_that_vanish_leave_the_server_as_it_was(url: str, request_: bytes) -> None:
    for _ in range(10):
        with connect(url) as peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, not a FIN
            peer.sendall(request_)

    assert httpx.get(f"{url}/healthz").status_code == 200
