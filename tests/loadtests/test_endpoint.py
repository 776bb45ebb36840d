"""Endpoints: what a base URL becomes, literally."""

import pytest

from loadtests._endpoint import Endpoint, EndpointError


def test_a_request_to_subscribe() -> None:
    (endpoint,) = Endpoint.resolve("http://127.0.0.1:8000")

    assert endpoint.address == ("127.0.0.1", 8000)
    assert endpoint.subscribe() == (
        b"GET /events HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAccept: text/event-stream\r\n"
        b"Cache-Control: no-cache\r\n\r\n"
    )
    assert b"\r\nLast-Event-ID: e-7\r\n\r\n" in endpoint.subscribe("e-7")


def test_a_request_to_publish_below_a_prefix() -> None:
    (endpoint,) = Endpoint.resolve("http://127.0.0.1/api/")

    assert endpoint.address == ("127.0.0.1", 80)
    assert endpoint.publish(b"{}") == (
        b"POST /api/measurements HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("base", "loopback"),
    [
        ("http://127.8.9.1", True),
        ("http://[::1]:80", True),
        ("http://192.0.2.1", False),
        ("http://[2001:db8::1]", False),
    ],
)
def test_loopback_is_told_by_the_address(base: str, loopback: bool) -> None:
    assert [endpoint.is_loopback for endpoint in Endpoint.resolve(base)] == [loopback]


@pytest.mark.parametrize(
    "base", ["", "127.0.0.1:8000", "https://127.0.0.1", "http://", "http://127.0.0.1:99999"]
)
def test_what_is_no_base_url_is_refused(base: str) -> None:
    with pytest.raises(EndpointError) as refused:
        Endpoint.resolve(base)

    assert f"--host {base!r}: " in str(refused.value)
