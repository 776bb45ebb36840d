"""A server in a thread of this process: quick to start, for tests that need many."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from reference_server.process import loop_factory
from reference_server.serving import serving
from reference_server.settings import Settings
from tests.conftest import DEADLINE


@contextmanager
def running(settings: Settings) -> Iterator[str]:
    """The base URL of a server that runs until the end of the block."""
    begun: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def main() -> None:
        stop = asyncio.Event()
        async with serving(settings) as url:
            begun.set_result((url, asyncio.get_running_loop(), stop))
            await stop.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            try:
                runner.run(main())
            except Exception as error:
                if begun.done():
                    raise
                begun.set_exception(error)  # what did not start is told to whoever waits for it

    thread = threading.Thread(target=run)
    thread.start()
    url, loop, stop = begun.result(DEADLINE)
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(DEADLINE)
        assert not thread.is_alive(), "the server did not stop"
