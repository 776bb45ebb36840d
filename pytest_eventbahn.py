"""The pytest plugin: options, marker, fixtures. Imports the suite only where a run has collected its checks.

It loads in every pytest run of its environment, so whatever it adds begins with `sse_` or `--sse-`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.bodies import Bodies
    from conformance.exchange import Exchange, Trials
    from conformance.quiet import Quiet
    from conformance.reading import Reading
    from conformance.resumption import Frames, Resumption, Unknown
    from conformance.stage import Stage
    from conformance.target import Target

__all__: list[str] = []

MARKER = "sse_row"
RUN = "eventbahn-run"
OUR_FAULT = 70


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("eventbahn", "conformance of SSE servers")
    add = group.addoption
    add(
        "--sse-target", metavar="FILE|URL", help="server to check; without it the reference server is started"
    )
    add("--sse-strict", action="store_true", help="count a WARN as bad")
    add("--sse-only", metavar="ID,…", default="", help="judge these rows only")
    add("--sse-json", metavar="FILE", help="write the result, as eventbahn-conformance/1")
    add(
        "--allow-exec",
        dest="sse_allow_exec",
        action="store_true",
        help="let a target file send its [[setup]] requests; programs are never run",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARKER}(id, payloads): the check of a row of the requirements")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("collectonly") and any(item.get_closest_marker(MARKER) for item in items):
        from conformance.collected import begin

        begin(config, items)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Tell a fault of ours from a target that could not be judged, which pytest's own code does not."""
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR and session.config.getoption("sse_json"):
        session.exitstatus = OUR_FAULT


@pytest.fixture(scope="session")
def sse_target(pytestconfig: pytest.Config) -> "Target":
    """What the server promises."""
    return _run(pytestconfig).target  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def sse_stage(pytestconfig: pytest.Config) -> Iterator["Stage"]:
    """The connections that all captures share."""
    with _run(pytestconfig).stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def sse_opening(sse_stage: "Stage") -> "Reading":
    """The head of a subscription on which nothing is published, and what came with it."""
    return sse_stage.opening()


@pytest.fixture(scope="session")
def sse_head(sse_stage: "Stage") -> "Reading":
    """The answer to a HEAD request, and whatever came after it."""
    return sse_stage.head()


@pytest.fixture(scope="session")
def sse_quiet(sse_stage: "Stage") -> "Quiet":
    """A subscription on which nothing is published, watched for some heartbeats."""
    return sse_stage.quiet()


@pytest.fixture(scope="session")
def sse_exchange(sse_stage: "Stage", request: pytest.FixtureRequest) -> "Exchange":
    """The payloads of all checks, published once, and what a subscriber got."""
    if not sse_stage.subject.isolated:
        request.getfixturevalue("sse_quiet")  # there is one channel only, which must be quiet for that
    return sse_stage.exchange()


@pytest.fixture
def sse_trials(sse_exchange: "Exchange", request: pytest.FixtureRequest) -> "Trials":
    """What became of the payloads of this check."""
    return sse_exchange.trials[request.node.get_closest_marker(MARKER).args[0]]


@pytest.fixture(scope="session")
def sse_bodies(sse_stage: "Stage", request: pytest.FixtureRequest) -> "Bodies":
    """Everything that came so far, for whoever judges the grammar."""
    if sse_stage.subject.can_publish:
        return sse_stage.bodies(request.getfixturevalue("sse_exchange"))
    request.getfixturevalue("sse_quiet")  # where nothing can be published, only time brings bytes
    return sse_stage.bodies(None)


@pytest.fixture(scope="session")
def sse_resumption(sse_stage: "Stage") -> "Resumption":
    """A reader that left and came back, and one with the newest id."""
    return sse_stage.resumption()


@pytest.fixture(scope="session")
def sse_unknown(sse_stage: "Stage") -> "Unknown":
    """A reader with an id that the server never gave."""
    return sse_stage.unknown()


@pytest.fixture(scope="session")
def sse_frames(sse_stage: "Stage", sse_quiet: "Quiet") -> "Frames":  # noqa: ARG001 - publishing ends the quiet
    """Ids of blocks that are no events, each tried as a cursor."""
    return sse_stage.frames()


@pytest.fixture(scope="session")
def sse_cursors(sse_stage: "Stage") -> "Mapping[str, Reading]":
    """The answer to each of a dozen strange cursors."""
    return sse_stage.cursors()


def _run(config: pytest.Config) -> Any:
    return config.pluginmanager.get_plugin(RUN)
