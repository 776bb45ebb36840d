"""The same capture through TLS, which may hold bytes that no selector sees."""

import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.wire import Peer, Unreachable, Wire

SECONDS = 10.0
HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
EVENTS = 5000
# A key for tests, and a certificate that it signed itself; both are worthless by design.
KEY_AND_CERTIFICATE = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/CGXs5E8490k/sul
+3C8Q89dsdbzjotKuertlYRuGyChRANCAATmTPdHgearNx3UBfYdxxZwWQVEMnyQ
Im+AL/rwkuR9lG3JVHhlNYIgZ2OOmhDZCgk5L/zgKojKKMOK7+ADAl3p
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIULjT1g9Cf6t2xueP1IkT03vBY+YAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTE5MjIyMVoYDzIxMjYxMTAx
MTkyMjIxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATmTPdHgearNx3UBfYdxxZwWQVEMnyQIm+AL/rwkuR9lG3JVHhlNYIg
Z2OOmhDZCgk5L/zgKojKKMOK7+ADAl3po1MwUTAdBgNVHQ4EFgQUMHesyPB9XhzR
bkfUJUKAiHXiMN0wHwYDVR0jBBgwFoAUMHesyPB9XhzRbkfUJUKAiHXiMN0wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAnX3/UyKg0SlbyyCzoaMb
/BoqcNg36a+zbPzLWoEpdI4CIBUNUZiHaPDPh0OUMsclGJvvps2TeGBIR8QMEJ8L
jsAU
-----END CERTIFICATE-----
"""


def serve_one(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer one connection with many small events, in one write."""
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1024)
            secure.sendall(HEAD + b"data: x\n\n" * EVENTS)
    except ssl.SSLError:
        connection.close()  # the client did not trust us


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    file = tmp_path / "server.pem"
    file.write_text(KEY_AND_CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve_one, args=[listener, context])
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join()


def test_everything_comes_through_tls(address: str) -> None:
    with Wire() as wire:
        peer = Peer.of(address, verify=False)

        stream = wire.open(peer, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", label="test", url=address)

        assert stream.wait(lambda reading: reading.complete or None, SECONDS)
        assert len(stream.reading.events) == EVENTS


def test_a_certificate_that_nobody_signed_is_refused(address: str) -> None:
    with pytest.raises(Unreachable, match=r"TLS: .*self-signed certificate"):
        Peer.of(address).connect()
