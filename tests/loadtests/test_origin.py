"""Addresses to connect from."""

import socket
from contextlib import ExitStack

import pytest

from loadtests._origin import OriginError, Origins, addresses, check


@pytest.mark.parametrize(
    ("text", "found"),
    {
        "none": ("", ()),
        "one": ("127.0.0.5", ("127.0.0.5",)),
        "a network": ("127.0.1.0/30", ("127.0.1.0", "127.0.1.1", "127.0.1.2", "127.0.1.3")),
        "some, one of them twice": ("127.0.0.5, 127.0.0.6,127.0.0.5", ("127.0.0.5", "127.0.0.6")),
    }.values(),
    ids=["none", "one", "a network", "some"],
)
def test_addresses_are_read(text: str, found: tuple[str, ...]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("127.0.0", "write something like"),
        ("127.0.0.1/24", "has host bits set"),
        ("127.0.0.0/8", "more than 4096"),
    ],
)
def test_what_is_no_address_is_refused(text: str, said: str) -> None:
    with pytest.raises(OriginError, match=said):
        addresses(text)


def test_sockets_take_turns() -> None:
    origins = Origins(("127.0.7.1", "127.0.7.2"))
    with socket.socket() as server, ExitStack() as stack:
        server.bind(("127.0.0.1", 0))
        server.listen()
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            origins.bind(client)
            client.connect(server.getsockname())

        seen = []
        for _ in range(3):
            accepted, peer = server.accept()
            accepted.close()
            seen.append(peer[0])

    assert seen == ["127.0.7.1", "127.0.7.2", "127.0.7.1"]


def test_without_addresses_the_kernel_chooses() -> None:
    with socket.socket() as client:
        Origins().bind(client)

        assert client.getsockname() == ("0.0.0.0", 0)


def test_an_address_of_somebody_else_is_refused() -> None:
    check(["127.0.9.1"], socket.AF_INET)

    with pytest.raises(OriginError, match=r"192\.0\.2\.7: Cannot assign requested address"):
        check(["127.0.9.1", "192.0.2.7"], socket.AF_INET)
