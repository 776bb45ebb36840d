"""The gate: how many connections may be open, how long one may be idle, and what bad HTTP is told.

An idle connection is one without a complete head of a request: it may say nothing, or one byte a second.
"""

import asyncio
import resource
from typing import Any, cast
from weakref import WeakSet

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from reference_server.journal import note
from reference_server.reception import caller
from reference_server.refusal import reply
from reference_server.settings import Settings

__all__ = ["Gate", "was_given_up"]

QUEUE = 1024  # connections that wait to be accepted: a whole audience may come back at once
SPARE = 64  # descriptors for the log, and for accepting those who are sent away
TURNED_AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Gate(web.BaseSite):
    """Listens; hands each connection to aiohttp, or sends it away when there are too many."""

    __slots__ = ("_inside", "_options", "_outside", "_settings")

    def __init__(self, runner: web.AppRunner, settings: Settings, **options: Any) -> None:
        """`options` are those of aiohttp's RequestHandler."""
        super().__init__(runner, backlog=QUEUE)
        self._settings = settings
        self._inside: set[Peer] = set()
        self._outside: WeakSet[Doorway] = WeakSet()
        self._options = {
            "max_field_size": settings.limits.header,
            "keepalive_timeout": settings.limits.idle_seconds,
            **options,
        }

    @property
    def name(self) -> str:
        """The base URL; of a free port, once it is known."""
        scheme = "https" if self._settings.tls else "http"
        sockets = getattr(self._server, "sockets", None)
        host, port, *_ = sockets[0].getsockname() if sockets else (self._settings.host, self._settings.port)
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    async def start(self) -> None:
        """Raises OSError if the address cannot be had."""
        await super().start()
        tls, limits = self._settings.tls, self._settings.limits
        self._server = await asyncio.get_running_loop().create_server(
            self._doorway,
            self._settings.host,
            self._settings.port,
            backlog=self._backlog,
            ssl=tls,
            ssl_handshake_timeout=limits.idle_seconds if tls else None,
            ssl_shutdown_timeout=limits.stop_seconds if tls else None,
        )

    def _doorway(self) -> "Doorway":
        doorway = Doorway(self)
        self._outside.add(doorway)
        return doorway

    def admit(self, doorway: "Doorway") -> "Peer | None":
        """Whoever answers a connection that is made now; nobody if there are too many."""
        self._outside.discard(doorway)
        if len(self._inside) + len(self._outside) >= most(self._settings.limits.connections):
            note("refused", status=503, error="there are as many connections as this server takes")
            return None
        server = self._runner.server
        assert server is not None, "BaseSite asks for one that is set up"
        peer = Peer(server, loop=asyncio.get_running_loop(), **self._options)
        peer.inside = self._inside
        self._inside.add(peer)
        return peer


class Doorway(asyncio.Protocol):
    """Stands for a connection until it is made, for which TLS needs a handshake.

    Nobody is told of one that failed: the gate knows it by a weak reference. Plain asyncio holds on to it
    until the next garbage collection; uvloop does not.
    """

    __slots__ = ("__weakref__", "_gate")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand it over, or say why not, and hang up."""
        connection = cast(asyncio.Transport, transport)
        peer = self._gate.admit(self)
        if peer is None:
            connection.write(TURNED_AWAY)
            connection.close()
        else:
            connection.set_protocol(peer)
            peer.connection_made(connection)


class Peer(web.RequestHandler):
    """aiohttp's own, but what it refuses has the status of RFC 6585 and 9110, and is JSON."""

    __slots__ = ("inside", "lost")

    inside: "set[Peer]"
    lost: BaseException | None  # why the connection is no more

    def connection_lost(self, exc: BaseException | None) -> None:
        self.lost = exc
        self.inside.discard(self)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        super().handle_error(request, status, exc, message)  # logs it; raises if an answer has begun
        error = (
            "the server failed: its log says why"
            if message is None
            else message.partition("\n")[0].rstrip(":")
        )
        status = refusal_of(exc, self.max_line_size) or status
        note("refused", status=status, error=error, **caller(request))
        answer = reply({"error": error}, status)
        answer.force_close()
        return answer


def was_given_up(peer: web.RequestHandler) -> bool:
    """Whether the kernel has closed the connection, since the other side was not heard of for too long."""
    return isinstance(getattr(peer, "lost", None), TimeoutError)


def refusal_of(exc: BaseException | None, longest_line: int) -> int | None:
    """The status for a head that is too large, or None for other faults."""
    if isinstance(exc, LineTooLong):
        return 414 if longest_line in exc.args else 431
    if isinstance(exc, BadHttpMessage) and "Too many headers" in exc.message:
        return 431
    return None


def most(connections: int) -> int:
    """No more than there are descriptors, so that accepting never fails for want of one."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return connections if allowed == resource.RLIM_INFINITY else min(connections, max(1, allowed - SPARE))
