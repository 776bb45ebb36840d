"""One run under somebody's eyes: signals, progress, live control, and in the end an exit code."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Protocol

from .display import Display
from .figures import Watched
from .outage import UndeliverableError
from .replay.table import RecordingError
from .stop import Stop

__all__ = ["Run", "attend"]

GOOD, UNDELIVERED, INTERRUPTED = 0, 3, 130
GRACE_OF_INTERRUPT, GRACE_OF_TERMINATE = 5.0, 0.5  # seconds to deliver what is queued
Listen = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]  # is told how to end the run


class Run(Watched, Protocol):
    """What can be attended; `flaw` is what is wrong though all was delivered, empty if nothing is."""

    @property
    def flaw(self) -> str: ...
    async def deliver(self, stop: Stop) -> None: ...


async def attend(run: Run, display: Display, greeting: str, listen: Listen | None = None) -> int:
    """Deliver, show how it goes, and `listen` to wishes meanwhile; returns the exit code."""
    stop = Stop()

    def end(grace: float = GRACE_OF_INTERRUPT) -> None:
        if not stop.asked:
            display.say(f"ending: up to {grace:g} s for what is queued; once more to leave at once")
        stop.ask(grace)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, end, GRACE_OF_INTERRUPT)
    loop.add_signal_handler(signal.SIGTERM, end, GRACE_OF_TERMINATE)
    display.say(greeting)
    async with _beside(display.watch(run), *([listen(end)] if listen else [])):
        try:
            await run.deliver(stop)
        except (UndeliverableError, RecordingError, OSError) as error:
            display.say(f"stopped: {error}")
            outcome, code = "not delivered", UNDELIVERED
        else:
            outcome, code = _outcome(run, stop)
    display.finish(run, outcome)
    return code


@asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Some work meanwhile, which ends with the block."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):  # a fault of ours; to be cancelled is none
                raise outcome


def _outcome(run: Run, stop: Stop) -> tuple[str, int]:
    if stop.asked:
        return "interrupted", INTERRUPTED
    if run.tally.undelivered:
        return "not all delivered", UNDELIVERED
    if run.flaw:
        return f"all delivered, but {run.flaw}", UNDELIVERED
    return "all delivered", GOOD
