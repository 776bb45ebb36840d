"""Pages that are let in by mistake, and pages that are not let in although they should be."""

from aiohttp import web

from reference_server.cors import Cors
from reference_server.faults.fault import Fault
from reference_server.origin import Origins
from reference_server.parts import Parts

__all__ = ["FAULTS"]

ALLOW = "Access-Control-Allow-"


class Late(Cors):
    """Middleware that touches a response when its handler is done: a stream's head is gone by then."""

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(response, web.Response):
            await super().mark(request, response)


class Star(Cors):
    """`*` together with credentials, which no browser accepts."""

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        await super().mark(request, response)
        if f"{ALLOW}Origin" in response.headers:
            response.headers[f"{ALLOW}Origin"] = "*"


class Mirror(Cors):
    """Whatever origin asks is the one that is allowed."""

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        await Cors({request.headers.get("Origin", "")}).mark(request, response)


class Anybody(Origins):
    """Pages of all origins are let in."""

    def judge(self, request: web.Request) -> None:
        """Nobody is refused."""


class Unvaried(Cors):
    """One page's answer may be handed to another."""

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        await super().mark(request, response)
        response.headers.popall("Vary", None)


class Bare(Cors):
    """A preflight that allows the origin and nothing else."""

    async def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        await super().mark(request, response)
        response.headers.popall(f"{ALLOW}Headers", None)


FAULTS = {
    "cors-not-on-streams": Fault(
        "Sets the fields of CORS on all responses but streams.", Parts(cors=Late), ("SSE-CORS-001",)
    ),
    "cors-star": Fault("Allows all origins, with credentials.", Parts(cors=Star), ("SSE-CORS-002",)),
    "cors-mirror": Fault(
        "Allows whatever origin asks, with credentials.",
        Parts(cors=Mirror, origins=Anybody),
        ("SSE-CORS-002", "SSE-SEC-004"),
    ),
    "cors-unvaried": Fault(
        "Does not say that the answer depends on the origin.", Parts(cors=Unvaried), ("SSE-CORS-003",)
    ),
    "cors-bare-preflight": Fault(
        "Names no fields in the answer to a preflight.", Parts(cors=Bare), ("SSE-CORS-004",)
    ),
}
