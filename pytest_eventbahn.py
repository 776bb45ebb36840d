"""The pytest plugin: options, marker, fixtures. Imports the suite only where a run has collected its checks.

It loads in every pytest run of its environment, so whatever it adds begins with `sse_` or `--sse-`.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conformance.connection import Connect
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
    add("--sse-slow", action="store_true", help="judge also what takes minutes")
    add("--sse-only", metavar="ID,…", default="", help="judge these rows or sections only: BEAT,FLOW-001")
    add("--sse-origin-url", metavar="URL", help="where the same server listens itself, behind its proxies")
    add("--sse-json", metavar="FILE", help="write the result, as eventbahn-conformance/1")
    add(
        "--allow-exec",
        dest="sse_allow_exec",
        action="store_true",
        help="let a target file run its commands and send its [[setup]] requests; they are shown first",
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
    return _run(pytestconfig).target  # type: ignore[no-any-return] # imported only when a run asks for it


@pytest.fixture(scope="session")
def sse_stage(pytestconfig: pytest.Config) -> Iterator["Stage"]:
    """The connections that all captures share."""
    run = _run(pytestconfig)
    with run.stage() as stage:
        stage.begin(run.captures)
        yield stage


@pytest.fixture
def sse_connect() -> Iterator["Connect"]:
    """`sse_connect(url)` opens an event stream, for `.take(n)` and `.until(predicate)`; closed in the end."""
    from conformance.connection import connecting

    with connecting() as connect:
        yield connect


@pytest.fixture
def sse_server() -> Iterator[Callable[[Any], str]]:
    """`sse_server(app_or_command)` serves it on a free port until the test ends, and returns its base URL."""
    from conformance.app_server import served

    with ExitStack() as opened:
        yield lambda served_one: opened.enter_context(served(served_one))


def _run(config: pytest.Config) -> Any:
    return config.pluginmanager.get_plugin(RUN)
