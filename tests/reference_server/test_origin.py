"""A server on loopback is for this machine's own pages: names that others point here are refused."""

from collections.abc import Iterator

import httpx
import pytest

from reference_server.origin import is_loopback
from tests.conftest import servers

JUDGED: dict[str, tuple[dict[str, str], int]] = {
    "a name that was pointed here": ({"Host": "evil.example"}, 403),
    "the same with a port": ({"Host": "evil.example:{port}"}, 403),
    "an address of the network": ({"Host": "192.168.0.7:{port}"}, 403),
    "a name that only looks like ours": ({"Host": "localhost.evil.example"}, 403),
    "a host that is none": ({"Host": "[::1"}, 403),
    "localhost": ({"Host": "LOCALHOST:{port}"}, 200),
    "another loopback address": ({"Host": "127.0.0.9"}, 200),
    "IPv6": ({"Host": "[::1]:{port}"}, 200),
    "our own page": ({"Origin": "http://127.0.0.1:{port}"}, 200),
    "a page of another port": ({"Origin": "http://127.0.0.1:1"}, 403),
    "a page of another name": ({"Origin": "http://localhost:{port}"}, 403),
    "a page of another site": ({"Origin": "https://evil.example"}, 403),
    "a page without a site": ({"Origin": "null"}, 403),
}


@pytest.mark.parametrize(("headers", "status"), JUDGED.values(), ids=JUDGED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whoever_is_foreign_is_refused(url: str, method: str, headers: dict[str, str], status: int) -> None:
    port = url.rpartition(":")[2]
    path, body = ("/snapshot", None) if method == "GET" else ("/measurements", {"device": "d", "value": 1})

    answer = httpx.request(
        method,
        url + path,
        headers={name: each.format(port=port) for name, each in headers.items()},
        json=body,
    )

    assert answer.status_code == status
    assert status == 200 or answer.json()["expected"]


def test_the_stream_is_refused_before_it_begins(url: str) -> None:
    assert httpx.get(f"{url}/events", headers={"Host": "evil.example"}).status_code == 403


def test_what_a_page_can_send_without_asking_is_refused(url: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = httpx.post(
            f"{url}/measurements", content=b'{"device":"d","value":1}', headers={"Content-Type": kind}
        )
        assert sent.status_code == 415


@pytest.fixture(scope="module")
def open_url() -> Iterator[str]:
    """A server that lets everybody in."""
    for start in servers():
        yield start("--open").url


def test_an_open_server_goes_by_any_name(open_url: str) -> None:
    assert httpx.get(f"{open_url}/healthz", headers={"Host": "sse.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost.", True),
        ("a.localhost", True),
        ("0.0.0.0", False),
        ("notlocalhost", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
