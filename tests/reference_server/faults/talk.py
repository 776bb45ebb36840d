"""Raw bytes to a server with one fault, and what it sends until it closes or is silent."""

import socket
from urllib.parse import urlsplit

import httpx

from reference_server.faults import FAULTS
from reference_server.settings import Settings
from tests.conftest import DEADLINE
from tests.reference_server.running import running

__all__ = ["PAGE", "TOKEN", "fields", "lines", "talk"]

SILENT_SECONDS = 0.3
CLOSED = b"<closed>"  # what stands for the end of the connection
PAGE = "https://app.example"
TOKEN = "0123456789abcdef"  # of a server that lives for a test


def lines(first: str, *headers: str) -> bytes:
    """A request without a body."""
    return "".join(f"{line}\r\n" for line in (first, "Host: localhost", *headers, "")).encode()


def fields(answer: bytes) -> dict[str, str]:
    """The fields of a response's head, by their names in lower case."""
    head = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}


def talk(name: str, request: bytes, *, events: int = 0, token: str | None = None) -> bytes:
    """The answer of a server with the fault `name`, while so many events are published on channel c."""
    parts = FAULTS[name].parts
    settings = Settings(port=0, retry=0, parts=parts, cors=(PAGE,), token=token, read_token=token)
    with running(settings) as url:
        at = urlsplit(url)
        with socket.create_connection((at.hostname or "", at.port or 80), DEADLINE) as peer:
            peer.sendall(request)
            got = b"" if not events else peer.recv(65536)
            for number in range(events):
                httpx.post(f"{url}/events/c", json={"data": str(number)}).raise_for_status()
            return got + _rest(peer)


def _rest(peer: socket.socket) -> bytes:
    got = b""
    peer.settimeout(SILENT_SECONDS)
    try:
        while data := peer.recv(65536):
            got += data
    except TimeoutError:
        return got
    return got + CLOSED
