"""Around every request: who has to let it pass, and what becomes of a refusal. Judges nothing itself."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from reference_server.journal import note
from reference_server.metrics import Metrics
from reference_server.refusal import RefusedError, reply

__all__ = ["Judge", "Reception", "caller"]

Judge = Callable[[web.Request], None]


def caller(request: web.BaseRequest) -> dict[str, object]:
    """Who asks for what, for the journal; without the query, which may hold a token."""
    at = request.transport and request.transport.get_extra_info("peername")
    return {"peer": f"{at[0]}:{at[1]}" if at else None, "method": request.method, "path": request.path}


class Reception:
    """Turns refusals, ours and aiohttp's, into JSON, counts and notes them; and answers OPTIONS."""

    def __init__(self, metrics: Metrics, judges: Sequence[Judge]) -> None:
        """`judges` raise RefusedError for whom they do not let pass."""
        self._metrics = metrics
        self._judges = judges

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Judge before any handler runs, so that no byte of a stream goes to whoever may not have it."""
        try:
            for judge in self._judges:
                judge(request)
            response: web.StreamResponse = await handler(request)
            return response
        except RefusedError as error:
            refused = error
        except web.HTTPMethodNotAllowed as error:
            allow = {"Allow": ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))}
            if request.method == "OPTIONS":
                return web.Response(status=204, headers=allow)
            refused = RefusedError(405, f"{request.method} is not allowed here", headers=allow)
        except web.HTTPRequestEntityTooLarge:
            refused = RefusedError(413, "the body is too large", expected="a smaller batch")
        except web.HTTPNotFound:
            refused = RefusedError(404, f"there is nothing at {request.path}")
        self._metrics.refused.labels(str(refused.status)).inc()
        note("refused", status=refused.status, error=refused.fields["error"], **caller(request))
        return reply(refused.fields, refused.status, refused.headers)
