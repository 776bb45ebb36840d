"""Addresses that subscribers connect from, in turn: one address has ports for some 28 000 streams only."""

import ipaddress
import socket
from collections.abc import Sequence
from itertools import cycle

__all__ = ["OriginError", "Origins", "addresses", "check"]

IP_BIND_ADDRESS_NO_PORT = 24  # Linux: bind the address now, and choose a port when connecting, for this peer
MOST = 4_096


class OriginError(ValueError):
    """Not an address, or none of ours; the message says which."""


def addresses(text: str) -> tuple[str, ...]:
    """Of `127.0.1.0/28,192.0.2.7`: addresses, and networks of which every address counts.

    Raises OriginError.
    """
    found: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            raise OriginError(f"--source-ips {part!r}: {error}; write something like 127.0.1.0/28") from error
        if len(found) + network.num_addresses > MOST:
            raise OriginError(f"--source-ips {text!r}: more than {MOST} addresses")
        found += map(str, network)
    return tuple(dict.fromkeys(found))


class Origins:
    """Binds sockets, each to the next address; without addresses the kernel chooses, as it always does."""

    def __init__(self, addresses: Sequence[str] = ()) -> None:
        self._next = cycle(addresses) if addresses else None

    def bind(self, sock: socket.socket) -> None:
        """Before it connects. Raises OSError for an address that is not ours, or of another family."""
        if self._next is None:
            return
        sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((next(self._next), 0))


def check(addresses: Sequence[str], family: int) -> None:
    """Whether all are ours. Raises OriginError."""
    for address in addresses:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            try:
                trial.bind((address, 0))
            except OSError as error:
                raise OriginError(f"--source-ips {address}: {error.strerror}") from error
