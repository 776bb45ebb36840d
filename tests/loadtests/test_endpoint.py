"""Endpoints: what a URL becomes, literally."""

import pytest

from loadtests._endpoint import Endpoint, EndpointError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("http://127.0.0.1/api/", ("127.0.0.1", 80)),
        ("http://127.0.0.1:81/sub?id=x", ("127.0.0.1", 81)),
    ],
)
def test_a_url_has_an_address(url: str, address: tuple[str, int]) -> None:
    (endpoint,) = Endpoint.resolve(url)

    assert (endpoint.url, endpoint.address) == (url, address)


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
def test_what_is_no_http_url_is_refused(base: str) -> None:
    with pytest.raises(EndpointError) as refused:
        Endpoint.resolve(base)

    assert f"--host {base!r}: " in str(refused.value)
