"""Routes of streams, for faults that put something around their handlers, or beside them."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from reference_server.parts import Routes

__all__ = ["Handler", "is_stream", "on_streams"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PATHS = ("/events", "/events/{channel}")


def is_stream(route: web.RouteDef) -> bool:
    """Whether a subscriber gets in by it."""
    return route.method == "GET" and route.path in PATHS


def on_streams(routes: Routes, wrapped: Callable[[Handler], Handler]) -> Routes:
    """All routes, with another handler for subscribers."""
    return [
        web.get(route.path, wrapped(route.handler), allow_head=False) if is_stream(route) else route
        for route in routes
    ]
