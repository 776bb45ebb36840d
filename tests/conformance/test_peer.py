"""Where URLs lead, and connections that cannot be made."""

import socket

import pytest

from conformance.peer import Manner, Peer, Unreachable, Unsupported


@pytest.mark.parametrize("address", ["ftp://x/", "http://", "http://x:99999/", "http://127.0.0.1:1/"])
def test_a_peer_that_is_not_there_is_said_to_be_so(address: str) -> None:
    with pytest.raises(Unreachable):
        Peer.of(address).connect()


def test_the_next_address_is_tried_when_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = listener.getsockname()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in (("127.0.0.1", 1), there)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

        with Peer.of(f"http://localhost:{there[1]}/").connect() as connected:
            assert connected.getpeername() == there


def test_a_manner_that_this_system_refuses_is_said_to_be_so() -> None:
    with pytest.raises(Unsupported, match="small segments before a connect"):
        Peer.of("http://127.0.0.1:1/").connect(Manner(segment=2**30))
