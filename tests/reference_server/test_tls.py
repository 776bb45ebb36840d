"""The same server over TLS: streams, slow readers and the end; and files that cannot be used."""

import http.client
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from reference_server.limits import Limits
from reference_server.log import UnusableError
from reference_server.settings import Settings
from reference_server.tls import context_of
from tests.conftest import DEADLINE, EVENTBAHN, Serve
from tests.reference_server.listener import Listener, stalled
from tests.reference_server.running import running

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="no openssl: apt-get install openssl")
CURVE = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1"


class Identity(NamedTuple):
    """Files of a certificate and its key, and a context that trusts it."""

    cert: str
    key: str
    trusting: ssl.SSLContext


class Trusting(Listener):
    """A listener that trusts the certificate."""


def openssl(command: str) -> None:
    subprocess.run([str(OPENSSL), *command.split()], capture_output=True, timeout=DEADLINE, check=True)


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = f"{folder}/cert.pem", f"{folder}/key.pem"
    names = "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
    openssl(f"req -x509 {CURVE} -nodes -days 2 {names} -out {cert} -keyout {key}")
    Trusting.trusting = ssl.create_default_context(cafile=cert)
    return Identity(cert, key, Trusting.trusting)


@contextmanager
def secure(identity: Identity, settings: Settings) -> Iterator[tuple[str, httpx.Client]]:
    """A server over TLS, by its URL, and a client that trusts it."""
    settings = replace(settings, tls=context_of(identity.cert, identity.key))
    with (
        running(settings) as url,
        httpx.Client(base_url=url, verify=identity.trusting, trust_env=False, timeout=DEADLINE) as client,
    ):
        yield url, client


def publish(client: httpx.Client, *data: str) -> list[str]:
    return [client.post("/events/c", json={"data": each}).json()["id"] for each in data]


def numbers_until(peer: socket.socket, mark: bytes) -> list[int]:
    """What a stream carries up to `mark`: the number that each payload begins with."""
    response = http.client.HTTPResponse(peer)
    response.begin()
    raw = b""
    while mark not in raw:
        raw += response.read1(65536)
    response.close()
    return [int(line[6:].partition(b":")[0]) for line in raw.split(b"\n") if line.startswith(b"data: ")]


def test_the_command_serves_https_from_its_files(identity: Identity, serve: Serve) -> None:
    served = serve("--tls-cert", identity.cert, "--tls-key", identity.key)

    with Trusting(served.url, "/events/c") as stream:
        answer = httpx.post(f"{served.url}/events/c", json={"data": "x"}, verify=identity.trusting)
        (event,) = stream.take(1)
        served.process.terminate()
        raw = stream.rest()  # fails without the zero chunk

    assert served.url.startswith("https://127.0.0.1:")
    assert event.last_event_id == answer.json()["id"]
    assert raw.endswith(b"data: x\n\n")
    assert served.process.wait(DEADLINE) == 0


def test_http_1_1_is_agreed_on(identity: Identity) -> None:
    offers = ssl.create_default_context(cafile=identity.cert)
    offers.set_alpn_protocols(["h2", "http/1.1"])
    with secure(identity, Settings(port=0)) as (url, _):
        at = urlsplit(url)
        with (
            socket.create_connection((at.hostname or "", at.port or 0), DEADLINE) as plain,
            offers.wrap_socket(plain, server_hostname="localhost") as peer,
        ):
            agreed = peer.selected_alpn_protocol()

    assert agreed == "http/1.1"


def test_a_page_is_of_this_server_only_with_https(identity: Identity) -> None:
    with secure(identity, Settings(port=0)) as (url, client):
        own, other = (
            client.get("/healthz", headers={"Origin": each}).status_code
            for each in (url, url.replace("https", "http"))
        )

    assert (own, other) == (200, 403)


def test_a_cookie_goes_over_tls_only(identity: Identity) -> None:
    token = "w" * 20
    with secure(identity, Settings(port=0, token=token, read_token="r" * 20)) as (_, client):
        cookie = client.get("/", params={"token": token}).headers["Set-Cookie"]

    assert "Secure" in cookie


def test_one_who_reads_nothing_delays_nobody_and_misses_nothing(identity: Identity) -> None:
    data = [f"{n}:" + "x" * 40_000 for n in range(60)]
    with secure(identity, Settings(port=0, limits=Limits(tail_frames=10))) as (url, client):
        slow = stalled(url, "/events/c", identity.trusting)
        with Trusting(url, "/events/c") as quick:
            publish(client, *data)
            heard = [each.data for each in quick.take(60)]
        numbers = numbers_until(slow, b"data: 59:")
        slow.close()

    assert heard == data
    assert numbers == list(range(60))


def test_one_who_takes_nothing_for_the_stall_time_is_cut(identity: Identity) -> None:
    limits = Limits(backlog=1_000, stall_seconds=0.5)
    with (
        secure(identity, Settings(port=0, limits=limits)) as (url, client),
        stalled(url, "/events/c", identity.trusting) as slow,
    ):
        publish(client, *["x" * 200_000] * 40)  # more than the kernel would hold
        ended = "eventbahn_streams_ended_total{"
        while ended not in (text := client.get("/metrics").text):
            pass
        with suppress(ConnectionResetError):
            while slow.recv(1 << 20):  # what the kernel held, and then the end
                pass

    assert 'ended_total{reason="stalled"} 1.0' in text


def test_one_who_reads_nothing_does_not_hold_up_the_end(identity: Identity, serve: Serve) -> None:
    served = serve("--tls-cert", identity.cert, "--tls-key", identity.key)
    with (
        stalled(served.url, "/events/c", identity.trusting),
        stalled(served.url, "/events/quiet", identity.trusting),
        httpx.Client(base_url=served.url, verify=identity.trusting, timeout=DEADLINE) as client,
    ):
        publish(client, *["x" * 1_000_000] * 8)

        served.process.terminate()

        assert served.process.wait(DEADLINE / 2) == 0


def test_those_who_speak_no_tls_are_cut_and_leave_room(identity: Identity) -> None:
    with secure(identity, Settings(port=0, limits=Limits(idle_seconds=0.2, connections=4))) as (url, client):
        at = urlsplit(url)
        for said in (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01", b"") * 4:
            with socket.create_connection((at.hostname or "", at.port or 0), DEADLINE) as peer:
                peer.sendall(said)
                while peer.recv(4096):  # an alert, perhaps; then the end, which has a deadline
                    pass
        status = client.get("/healthz").status_code

    assert status == 200


def test_files_that_cannot_be_used_are_named(identity: Identity, tmp_path: Path) -> None:
    cert, key = identity.cert, identity.key
    other, locked, none = f"{tmp_path}/other", f"{tmp_path}/locked", f"{tmp_path}/none"
    openssl(f"genpkey -algorithm ed25519 -out {other}")
    openssl(f"pkey -in {key} -aes128 -passout pass:secret -out {locked}")
    broken = tmp_path / "broken"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    expected = {
        (cert, None): "--tls-key F is missing",
        (None, key): "--tls-cert F is missing",
        (none, key): f"cannot read the TLS certificate {none}: No such file",
        (cert, str(tmp_path)): f"cannot read the TLS key {tmp_path}: Is a directory",
        (key, key): f"{key} holds no certificate as PEM",
        (cert, cert): f"{cert} holds no key as PEM",
        (cert, locked): f"openssl pkey -in {locked}",
        (cert, other): f"the TLS key {other} is not that of the certificate {cert}",
        (str(broken), key): f"TLS cannot use {broken} with {key}",
    }

    for (one, two), said in expected.items():
        with pytest.raises(UnusableError, match=r".") as error:
            context_of(one, two)
        assert said in str(error.value)


def test_files_that_cannot_be_used_are_a_matter_of_usage(identity: Identity) -> None:
    command = [*EVENTBAHN, "serve", "--log", "memory", "--port", "0", "--tls-cert", identity.cert]

    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "--tls-key F is missing" in done.stderr
