"""Where a connection leads, and in what manner it is made: TLS, and socket options. Sends nothing."""

import socket
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

__all__ = ["STALLED", "USUAL", "Manner", "Peer", "Unreachable", "Unsupported"]

CONNECT_SECONDS = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}


class Unreachable(Exception):  # noqa: N818 - a state of the target, not an error of ours
    """No connection; the message says to whom and why."""


class Unsupported(Exception):  # noqa: N818 - the same of this machine
    """The system here takes a manner's options not at all, or after the connect only."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a connection is made and read; sizes in bytes, None for what the system thinks fit.

    A small receive buffer stops a server that writes to a silent reader, but late: on loopback Linux lets the
    *sender's* buffer grow with the segment size. Measured there, a server is blocked after 2.8 MiB as things
    are, after 1.5 MiB with a receive buffer of 2048, and after 32 KiB with segments of 1460 besides.
    """

    receive_buffer: int | None = None
    segment: int | None = None
    paused: bool = False  # nothing is read until the stream is told to

    def shape(self, sock: socket.socket) -> None:
        """Set the options, which must be done before the connect. Raises OSError or AttributeError."""
        if self.receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        if self.segment is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, self.segment)


USUAL = Manner()
STALLED = Manner(receive_buffer=2048, segment=1460, paused=True)


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a URL leads."""

    host: str
    port: int
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str, *, verify: bool = True, speaks: str = "http/1.1") -> Self:
        """`speaks` is what ALPN offers. Raises Unreachable for a URL that leads nowhere."""
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise Unreachable(f"{url!r} is not an http:// or https:// URL")
        try:
            port = parts.port or DEFAULT_PORTS[parts.scheme]
        except ValueError as error:
            raise Unreachable(f"{url!r}: {error}") from error
        tls = _context(verify=verify, speaks=speaks) if parts.scheme == "https" else None
        return cls(parts.hostname, port, tls)

    def connect(self, manner: Manner = USUAL) -> socket.socket:
        """A connected socket, after the TLS handshake where there is one. Raises Unreachable, Unsupported."""
        plain = self._plain(manner)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is None:
            return plain
        try:
            return self.tls.wrap_socket(plain, server_hostname=self.host)
        except (OSError, ssl.SSLError) as error:
            plain.close()
            raise Unreachable(f"{self.host}:{self.port}: TLS: {error}") from error

    def _plain(self, manner: Manner) -> socket.socket:
        """The first address that answers: as `socket.create_connection`, which has no place for options."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise self._unreachable(error) from error
        refused: Unreachable | None = None
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                _shape(sock, manner)
                sock.settimeout(CONNECT_SECONDS)
                sock.connect(address)
            except OSError as error:
                sock.close()
                refused = self._unreachable(error)
            except Unsupported:
                sock.close()
                raise
            else:
                return sock
        assert refused is not None, "getaddrinfo raises rather than find nothing"
        raise refused

    def _unreachable(self, error: OSError) -> Unreachable:
        return Unreachable(f"{self.host}:{self.port}: {error.strerror or error}")


def _shape(sock: socket.socket, manner: Manner) -> None:
    try:
        manner.shape(sock)
    except (OSError, AttributeError) as error:
        raise Unsupported(f"small segments before a connect ({error})") from error


def _context(*, verify: bool, speaks: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols([speaks])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
