"""Where a server listens: the addresses behind a URL. Resolves a name once; sends nothing."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Endpoint", "EndpointError"]


class EndpointError(ValueError):
    """A URL that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the host of `url`."""

    url: str
    family: int
    address: Any  # as `connect` takes it for the family

    @classmethod
    def resolve(cls, url: str, said: str = "--host") -> list["Endpoint"]:
        """One for each address of the host; `said` is where the URL stands.

        Raises EndpointError for no http URL, or an unknown host.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 80
        except ValueError as error:
            raise EndpointError(f"{said} {url!r}: {error}") from error
        if parts.scheme != "http" or not host:
            raise EndpointError(f"{said} {url!r}: write http://HOST[:PORT] (https cannot be measured)")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise EndpointError(f"{said} {url!r}: {error}") from error
        return [cls(url, family, address) for family, _, _, _, address in found]

    @property
    def is_loopback(self) -> bool:
        """Whether traffic stays on this machine."""
        return ipaddress.ip_address(self.address[0]).is_loopback
