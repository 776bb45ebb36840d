"""Clients that people use, fed with a captured body: what events they make of it. Opens no connection.

Their reading is compared with the standard's; the verdicts are never theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

__all__ = ["CLIENTS", "Client", "Heard"]


class Heard(NamedTuple):
    """An event as a client handed it over."""

    type: str
    data: str


class Client(NamedTuple):
    """A package on PyPI, and how to have it read the pieces of a body as they arrived."""

    package: str
    read: Callable[[Sequence[bytes]], Iterator[Heard]]

    @property
    def version(self) -> str:
        """That of the installed package; "" where it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""


def _httpx_sse(pieces: Sequence[bytes]) -> Iterator[Heard]:
    import httpx
    from httpx_sse import EventSource

    response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=iter(pieces))
    return (Heard(event.event, event.data) for event in EventSource(response).iter_sse())


def _sseclient(pieces: Sequence[bytes]) -> Iterator[Heard]:
    from sseclient import SSEClient

    return (Heard(event.event, event.data) for event in SSEClient(iter(pieces)).events())


def _launchdarkly(pieces: Sequence[bytes]) -> Iterator[Heard]:
    from ld_eventsource import SSEClient  # type: ignore[import-untyped] # it has no types
    from ld_eventsource.config import (  # type: ignore[import-untyped] # it has no types
        ConnectionClient,
        ConnectionResult,
        ConnectStrategy,
    )

    class Recorded(ConnectionClient):  # type: ignore[misc] # as above
        def connect(self, last_event_id: str | None) -> object:  # noqa: ARG002 - theirs
            return ConnectionResult(iter(pieces), None)

    class Recording(ConnectStrategy):  # type: ignore[misc] # as above
        def create_client(self, logger: object) -> Recorded:  # noqa: ARG002 - theirs
            return Recorded()

    return (Heard(event.event, event.data) for event in SSEClient(connect=Recording()).events)


CLIENTS = (
    Client("httpx-sse", _httpx_sse),
    Client("sseclient-py", _sseclient),
    Client("launchdarkly-eventsource", _launchdarkly),
)
