"""A headless run on the terminal while it lasts: a line and a bar, or now and then a line in the log."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from loadtests._glance import told
from loadtests._run import Run

__all__ = ["follow", "is_live"]

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
PLAIN_SECONDS = 10.0
WIDTH = 60  # of the bar


def is_live() -> bool:
    """Whether the log goes to a terminal, which can show a bar."""
    return Console(stderr=True).is_terminal


def follow(run: Run) -> None:
    """Show it until it is over; the calling greenlet has nothing else to do."""
    if not is_live():
        while not run.ended.wait(PLAIN_SECONDS):
            log.info("%s", told(run.plan, run.ledger, time.time_ns()))
        return
    console = Console(stderr=True, highlight=False)
    with Live(console=console, auto_refresh=False, transient=True) as live, _log_above():
        while not run.ended.wait(LOOK_SECONDS):
            live.update(_picture(run), refresh=True)


def _picture(run: Run) -> Group:
    now = time.time_ns()
    line = Text(told(run.plan, run.ledger, now), no_wrap=True, overflow="ellipsis")
    total, done = run.plan.end_ns - run.plan.begin_ns, now - run.plan.begin_ns
    return Group(line, ProgressBar(float(total), float(min(max(done, 0), total)), width=WIDTH))


@contextmanager
def _log_above() -> Iterator[None]:
    """Lines of the log go above the bar: rich took the place of stderr, and handlers know the old one."""
    names = (None, *logging.root.manager.loggerDict)
    handlers = {handler for name in names for handler in logging.getLogger(name).handlers}
    moved = [
        each for each in handlers if isinstance(each, logging.StreamHandler) and each.stream is sys.__stderr__
    ]
    for handler in moved:
        handler.setStream(sys.stderr)
    try:
        yield
    finally:
        for handler in moved:
            handler.setStream(sys.__stderr__)
