"""The same capture through TLS, which may hold bytes that no selector sees."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.peer import STALLED, Peer, Unreachable
from conformance.wire import Wire

SECONDS = 10.0
HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
EVENTS = 5000
OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl: apt-get install openssl")


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new key, and a certificate that it signed itself, in one file."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    made = subprocess.run(
        [str(OPENSSL), *new.split(), "-keyout", "-"], capture_output=True, timeout=SECONDS, check=True
    )
    file.write_bytes(made.stdout)
    return file


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
def address(identity: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity)
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


def test_a_stalled_stream_is_read_to_an_exact_byte_and_then_on(address: str) -> None:
    with Wire() as wire:
        peer = Peer.of(address, verify=False)
        request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

        stream = wire.open(peer, request, label="test", url=address, manner=STALLED)

        assert stream.read(lambda reading: 12 - len(reading.body), SECONDS)
        assert bytes(stream.reading.body) == b"data: x\n\ndat"
        stream.resume()
        assert stream.wait(lambda reading: reading.complete or None, SECONDS)
        assert len(stream.reading.events) == EVENTS


def test_a_certificate_that_nobody_signed_is_refused(address: str) -> None:
    with pytest.raises(Unreachable, match=r"TLS: .*self-signed certificate"):
        Peer.of(address).connect()
