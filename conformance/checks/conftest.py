"""A fixture for each capture, of its name. The suite's plugin has those that are no captures."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from conformance.captures.by_name import CAPTURES
from conformance.row import MARKER

if TYPE_CHECKING:
    from conformance.captures.exchange import Exchange, Trials
    from conformance.stage import Stage

__all__: list[str] = []


@pytest.fixture
def sse_trials(sse_exchange: "Exchange", request: pytest.FixtureRequest) -> "Trials":
    """What became of the payloads of this check."""
    return sse_exchange.of(request.node.get_closest_marker(MARKER).args[0])


@pytest.fixture
def sse_named_trials(sse_named_exchange: "Exchange", request: pytest.FixtureRequest) -> "Trials":
    """The same of payloads with ids, which are published on a channel of their own."""
    return sse_named_exchange.of(request.node.get_closest_marker(MARKER).args[0])


def _fixture(name: str) -> Callable[["Stage"], object]:
    def capture(sse_stage: "Stage") -> object:
        return sse_stage.get(name)

    capture.__doc__ = CAPTURES[name].help
    return pytest.fixture(scope="session", name=name)(capture)


globals().update({name: _fixture(name) for name in CAPTURES})
