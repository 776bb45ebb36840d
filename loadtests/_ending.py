"""However a run ends, it drains before its users are stopped, and its result is written. Counts nothing."""

import logging
import time
from pathlib import Path
from typing import Any

import gevent
from locust import log as locust_log
from locust.env import Environment
from rich.console import Console

from loadtests._archive import save
from loadtests._run import Run
from loadtests._shape import PlanShape
from loadtests._summary import summarize
from loadtests._verdict import INVALID
from loadtests._wire import Hurry
from loadtests._worker import Worker

__all__ = ["conclude", "linger"]

log = logging.getLogger(__name__)

WIDTH = 120  # of the summary, where it does not go to a terminal
NOTICE_SECONDS = 3.0  # for a master to begin draining, once its workers were told to end
DRAINED_SECONDS = 90.0  # and to be through with it
HURRIED_SECONDS = 5.0  # in a hurry
POLL_SECONDS = 0.05


def conclude(environment: Environment, **_: Any) -> None:
    """Before users are stopped, or Locust ends, or both: whoever comes second waits for the first."""
    shape = PlanShape.of(environment)
    run = shape.run if shape else None
    if run is None or not run.begun or run.over:
        return
    log.info("Draining: waiting for what is still on its way")
    try:
        run.finish(lambda document: _keep(environment, run, document))
    except KeyboardInterrupt:  # a second Ctrl-C
        run.hurry()
        run.finish(lambda document: _keep(environment, run, document))


def linger(worker: Worker) -> None:
    """Told to end, let the master end the run first: Ctrl-C reaches all of its processes at once."""
    if not worker.busy():
        return
    log.info("Waiting for the master to end the run")
    try:
        if worker.draining.wait(NOTICE_SECONDS):
            _drained(worker, DRAINED_SECONDS)
    except KeyboardInterrupt:  # a second Ctrl-C
        worker.answer(Hurry())
        _drained(worker, HURRIED_SECONDS)
    worker.abandon()


def _drained(worker: Worker, seconds: float) -> None:
    until = time.monotonic() + seconds
    while worker.busy() and time.monotonic() < until:
        gevent.sleep(POLL_SECONDS)


def _keep(environment: Environment, run: Run, document: dict[str, Any]) -> None:
    """The document as a file, as failures among Locust's, as its exit code and as a table."""
    gevent.sleep(0)  # whoever shows the run's progress takes that off the screen
    run.feed.close()
    for phase in document["phases"]:
        if phase["loss"]["lost"]:
            run.feed.fail("SSE", "deliver", f"lost at {phase['name']} subscribers", phase["loss"]["lost"])
    environment.process_exit_code = document["exit_code"] or _faults(environment)
    path: Path | None = run.settings.path(run.id)
    try:
        save(document, run.settings.path(run.id))
    except OSError as error:
        log.error("The result could not be written: %s", error)
        environment.process_exit_code = INVALID
        path = None
    _announce(environment, document, path)


def _faults(environment: Environment) -> int:
    """What Locust exits with for faults that are in no books of ours, as ended streams are."""
    if locust_log.unhandled_greenlet_exception:
        return 2
    return 1 if environment.runner is not None and environment.runner.exceptions else 0


def _announce(environment: Environment, document: dict[str, Any], path: Path | None) -> None:
    """Print the summary: at once beside the web interface, else below Locust's own last words."""

    def show(**_: Any) -> None:
        console = Console(highlight=False)
        if not console.is_terminal:
            console.width = WIDTH
        summarize(document, path, console)

    if environment.web_ui is not None:
        show()
    else:
        environment.events.quit.add_listener(show)
