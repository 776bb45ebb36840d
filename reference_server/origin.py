"""On loopback: is the caller's page one of ours? Any site can let a name of its own point to 127.0.0.1."""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from reference_server.refusal import RefusedError

__all__ = ["Origins", "is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant by a name or an address."""
    host = host.lower().removesuffix(".")
    try:
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


class Origins:
    """Refuses foreign values of Host and Origin; `allowed` are origins whose pages may come ("*": all)."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed

    def judge(self, request: web.Request) -> None:
        """Let the request pass, or not. Raises RefusedError."""
        host = request.headers.get("Host")
        if host is not None and not is_loopback(name_of(f"//{host}")):
            raise RefusedError(
                403,
                f"the Host {host[:100]!r} is foreign: this server is for this machine only",
                expected="localhost; behind a proxy that passes the Host on, start with --open",
            )
        origin = request.headers.get("Origin")
        if origin is None or "*" in self._allowed or origin in self._allowed:
            return
        if origin.lower() != f"{request.scheme}://{host}".lower():
            raise RefusedError(
                403, f"pages of {origin[:100]!r} may not come here", expected="a page of this server's own"
            )


def name_of(url: str) -> str:
    """The host of a URL; "" for one that is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
