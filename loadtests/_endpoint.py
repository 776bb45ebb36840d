"""Where the server is and what is asked of it, as bytes. Resolves a name once; sends nothing."""

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Endpoint", "EndpointError"]

EVENTS, MEASUREMENTS = "/events", "/measurements"


class EndpointError(ValueError):
    """A base URL that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server of the fan-out story, at `base`, under one of its addresses."""

    base: str
    family: int
    address: Any  # as `connect` takes it for the family
    host: str  # the Host header
    prefix: str  # of every path

    @classmethod
    def resolve(cls, base: str) -> list["Endpoint"]:
        """One for each address of the host. Raises EndpointError for no http URL, or an unknown host."""
        try:
            parts = urlsplit(base)
            host, port = parts.hostname, parts.port or 80
        except ValueError as error:
            raise EndpointError(f"--host {base!r}: {error}") from error
        if parts.scheme != "http" or not host:
            raise EndpointError(f"--host {base!r}: write http://HOST[:PORT] (https cannot be measured)")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise EndpointError(f"--host {base!r}: {error}") from error
        header, prefix = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        return [cls(base, family, address, header, prefix) for family, _, _, _, address in found]

    @property
    def is_loopback(self) -> bool:
        """Whether traffic stays on this machine."""
        return ipaddress.ip_address(self.address[0]).is_loopback

    def subscribe(self, last_id: str = "") -> bytes:
        """The request of a subscriber. It asks for no compression: middleware buffers where it compresses."""
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id else ""
        return (
            f"GET {self.prefix}{EVENTS} HTTP/1.1\r\nHost: {self.host}\r\nAccept: text/event-stream\r\n"
            f"Cache-Control: no-cache\r\n{resume}\r\n"
        ).encode()

    def publish(self, body: bytes) -> bytes:
        """The request that publishes one measurement."""
        head = (
            f"POST {self.prefix}{MEASUREMENTS} HTTP/1.1\r\nHost: {self.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
