"""Fixtures that every part's tests share: our own server as a command, over a real socket."""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

EVENTBAHN = [sys.executable, "-P", "-m", "eventbahn"]
DEADLINE = 20.0  # seconds; generous, since these machines are shared


class Served(NamedTuple):
    """A reference server that runs as a command."""

    url: str
    process: subprocess.Popen[str]


Serve = Callable[..., Served]


@pytest.fixture(autouse=True, scope="session")
def heard_sigint() -> None:
    """Undo an ignored SIGINT, which shells give to background jobs: the commands under test inherit it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest file first, or everybody waits for it at the end."""
    items.sort(key=lambda item: item.path.name != "test_conformance_can_fail.py")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A skip fails a run of CI, which installs all that tests need: there it hides a missing install step."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and not exitstatus and reporter and reporter.stats.get("skipped"):
        reporter.write_line("\nskipped, where CI should have installed what is needed", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def first_line(process: subprocess.Popen[str]) -> str:
    """The first line on stdout, or a failed test with what the process said instead."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(DEADLINE)
    line = process.stdout.readline().strip() if ready else ""
    if not line:
        process.kill()
        pytest.fail(f"no first line within {DEADLINE} s: {process.communicate()[1]}")
    return line


def servers() -> Iterator[Serve]:
    """Yields what starts a server; ends them all with SIGTERM, and fails if one said more than it should."""
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, log: str = "memory") -> Served:
        command = [*EVENTBAHN, "serve", "--port", "0", "--log", log, *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return Served(first_line(process), process)

    yield start
    for process in running:
        process.terminate()
    said = []
    for process in running:
        try:
            said.append(process.communicate(timeout=DEADLINE)[1])
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            pytest.fail("the server did not stop on SIGTERM")
    assert said == [""] * len(running), "a server complained on stderr"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve("--heartbeat", "0.3")` starts `eventbahn serve` on a free port."""
    yield from servers()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The base URL of a server that the tests of a module share."""
    for start in servers():
        yield start().url
