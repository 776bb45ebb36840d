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

    __slots__ = ("_inside", "_options", "_settings")

    def __init__(self, runner: web.AppRunner, settings: Settings, **options: Any) -> None:
        """`options` are those of aiohttp's RequestHandler."""
        super().__init__(runner, backlog=QUEUE)
        self._settings = settings
        self._inside: WeakSet[Peer] = WeakSet()  # weak: a connection may be lost before it was made
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
            self._admit,
            self._settings.host,
            self._settings.port,
            backlog=self._backlog,
            ssl=tls,
            ssl_handshake_timeout=limits.idle_seconds if tls else None,
            ssl_shutdown_timeout=limits.stop_seconds if tls else None,
        )

    def _admit(self) -> asyncio.Protocol:
        """Whoever answers the next connection."""
        server = self._runner.server
        assert server is not None, "BaseSite asks for one that is set up"
        if len(self._inside) >= most(self._settings.limits.connections):
            note("refused", status=503, error="there are as many connections as this server takes")
            return TurnedAway()
        peer = Peer(server, loop=asyncio.get_running_loop(), **self._options)
        peer.inside = self._inside
        self._inside.add(peer)
        return peer


class TurnedAway(asyncio.Protocol):
    """Says so, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(TURNED_AWAY)
        transport.close()


class Peer(web.RequestHandler):
    """aiohttp's own, but what it refuses has the status of RFC 6585 and 9110, and is JSON."""

    __slots__ = ("__weakref__", "inside", "lost")

    inside: "WeakSet[Peer]"
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
