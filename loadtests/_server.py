"""The server that a run puts load on: how it is spoken to, and its addresses. Sends nothing."""

from dataclasses import dataclass

from loadtests._endpoint import Endpoint
from loadtests._recipe import Recipe

__all__ = ["Server", "Site"]


@dataclass(frozen=True, slots=True)
class Server:
    """A server at one address for streams and one for publications, mostly the same."""

    recipe: Recipe
    streams: Endpoint
    publications: Endpoint


@dataclass(frozen=True, slots=True)
class Site:
    """A server with all addresses that it may have."""

    recipe: Recipe
    streams: list[Endpoint]
    publications: list[Endpoint]

    @classmethod
    def of(cls, recipe: Recipe, said: str) -> "Site":
        """`said` is where its URLs stand. Raises EndpointError."""
        return cls(
            recipe,
            Endpoint.resolve(recipe.subscribed, said),
            Endpoint.resolve(recipe.published, said),
        )

    @property
    def is_loopback(self) -> bool:
        """Whether all traffic stays on this machine."""
        return all(endpoint.is_loopback for endpoint in (*self.streams, *self.publications))
