"""The process of a server: its loop, its descriptors, its signals and its exit code."""

import asyncio
import gc
import resource
import signal
from collections.abc import Callable
from contextlib import suppress

import click

from reference_server.log import UnusableError
from reference_server.serving import serving
from reference_server.settings import Settings

__all__ = ["loop_factory", "run"]

UNUSABLE, INTERRUPTED = 2, 130
# What is kept of an event has no cycles, and yet the collector comes back to it: in five pairs of runs that
# took turns, a measurement into SQLite cost 45 µs at Python's own thresholds, and 35 at these (medians).
COLLECTIONS = 50_000, 20, 20


def run(settings: Settings) -> int:
    """Serve until a signal comes; the exit code."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(OSError, ValueError):  # some systems refuse; then the shell's limit holds
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a subscriber is a descriptor
    gc.set_threshold(*COLLECTIONS)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        try:
            return runner.run(until_signal(settings))
        except UnusableError as error:
            click.echo(f"eventbahn serve: {error}", err=True)
            return UNUSABLE


async def until_signal(settings: Settings) -> int:
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def leave(code: int) -> None:
        if not stop.done():
            stop.set_result(code)

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leave, 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, leave, INTERRUPTED)
    async with serving(settings) as url:
        click.echo(url)
        return await stop


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where it exists: under load it is several times faster."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
