"""Doors that stand open."""

from aiohttp import web

from reference_server.access import Access
from reference_server.faults.fault import Fault
from reference_server.faults.isolation import BorrowingPursuit, PrefixHub
from reference_server.origin import Origins
from reference_server.parts import Parts
from reference_server.refusal import RefusedError

__all__ = ["FAULTS"]


class ReadersUnasked(Access):
    """Only whoever writes is asked for a token."""

    def judge(self, request: web.Request) -> None:
        if request.method != "GET":
            super().judge(request)


class Unchallenged(Access):
    """401 that does not say what would be accepted."""

    def judge(self, request: web.Request) -> None:
        try:
            super().judge(request)
        except RefusedError as refused:
            raise RefusedError(refused.status, refused.fields["error"]) from None


class AnyOrigin(Origins):
    """The page that asks is not looked at."""

    def judge(self, request: web.Request) -> None:
        super().judge(without(request, "Origin"))


class AnyHost(Origins):
    """The name by which the server was found is not looked at: any name can be pointed to 127.0.0.1."""

    def judge(self, request: web.Request) -> None:
        if "Origin" in request.headers:
            super().judge(request)


def without(request: web.Request, name: str) -> web.Request:
    headers = request.headers.copy()
    headers.popall(name, None)
    return request.clone(headers=headers)


FAULTS = {
    "readers-unasked": Fault(
        "Asks nobody who reads for a token.",
        Parts(access=ReadersUnasked),
        ("SSE-HTTP-012", "SSE-SEC-001"),
    ),
    "unchallenged": Fault(
        "Sends 401 without WWW-Authenticate.", Parts(access=Unchallenged), ("SSE-SEC-001",)
    ),
    "any-origin": Fault(
        "Lets pages of any origin in on loopback.", Parts(origins=AnyOrigin), ("SSE-SEC-004",)
    ),
    "prefix-channels": Fault(
        "Sends live events of a channel to readers of one whose name begins theirs.",
        Parts(hub=PrefixHub),
        ("SSE-SEC-002",),
    ),
    "cross-channel-replay": Fault(
        "Replays the channel that a cursor is of.", Parts(pursuit=BorrowingPursuit), ("SSE-SEC-003",)
    ),
    "any-host": Fault("Answers on loopback by any name.", Parts(origins=AnyHost), ("SSE-SEC-004",)),
}
