"""Serves an application over a real socket for a test: an ASGI or aiohttp application, or a command.

In-process transports of test clients collect a response before they hand it over, so an endless one never
comes; a socket is the only honest way to test a stream.
"""

import asyncio
import contextlib
import shlex
import socket
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from conformance.process import ServerProcess
from conformance.target.schema import Process, Ready, Stop
from conformance.target.table import Seconds
from conformance.verdict import Unjudged

__all__ = ["NotServedError", "served"]

HOST = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 5.0
GRACE_SECONDS = 1  # for streams that are open still

Application = Any  # an ASGI callable, an aiohttp Application, or a command: no library need be there
PORT = "{port}"


class NotServedError(RuntimeError):
    """The application or the command does not serve; the message says why."""


@contextlib.contextmanager
def served(app: Application) -> Iterator[str]:
    """Yields the base URL of `app` while it is served. Raises NotServedError.

    A command is a list of words, or a line; `{port}` in it is replaced by a free port.
    """
    if isinstance(app, str | list | tuple):
        with _command(shlex.split(app) if isinstance(app, str) else [*map(str, app)]) as url:
            yield url
        return
    serve = _aiohttp if type(app).__module__.startswith("aiohttp.") else _asgi
    if not callable(app) and serve is _asgi:
        raise NotServedError(f"neither an application nor a command: {app!r}")
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        with serve(app, listener):
            yield f"http://{HOST}:{port}"


@contextlib.contextmanager
def _command(words: list[str]) -> Iterator[str]:
    if not any(PORT in word for word in words):
        raise NotServedError(
            f"{shlex.join(words)}: the command has no {PORT}, so it cannot be told where to listen"
        )
    with socket.create_server((HOST, 0)) as listener:
        port = str(listener.getsockname()[1])
    start = tuple(word.replace(PORT, port) for word in words)
    process = ServerProcess(Process(start, Ready(f"{HOST}:{port}"), Stop(grace=Seconds(STOP_SECONDS))))
    try:
        process.start()
        yield f"http://{HOST}:{port}"
        process.stop()
    except Unjudged as unable:
        raise NotServedError(str(unable)) from unable
    finally:
        process.kill()


@contextlib.contextmanager
def _asgi(app: Application, listener: socket.socket) -> Iterator[None]:
    if find_spec("uvicorn") is None:
        raise NotServedError("an ASGI application is served by uvicorn: pip install uvicorn")
    import uvicorn

    grace = GRACE_SECONDS
    config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=grace)
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    with _running(lambda: server.run(sockets=[listener]), lambda: server.started, stop):
        yield


@contextlib.contextmanager
def _aiohttp(app: Application, listener: socket.socket) -> Iterator[None]:
    from aiohttp import web

    started, loop, stopped = threading.Event(), asyncio.new_event_loop(), asyncio.Event()

    async def main() -> None:
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=GRACE_SECONDS)
        try:
            await runner.setup()
            await web.SockSite(runner, listener).start()
            started.set()
            await stopped.wait()
        finally:
            await runner.cleanup()

    def run() -> None:
        with contextlib.closing(loop):
            loop.run_until_complete(main())

    with _running(run, started.is_set, lambda: loop.call_soon_threadsafe(stopped.set)):
        yield


@contextlib.contextmanager
def _running(
    run: Callable[[], None], started: Callable[[], bool], stop: Callable[[], object]
) -> Iterator[None]:
    """While `run` goes on in a thread of its own, from when it has `started`."""
    failure: list[BaseException] = []

    def guarded() -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread of the test
            failure.append(error)

    thread = threading.Thread(target=guarded, name="application", daemon=True)
    thread.start()
    _await(lambda: started() or not thread.is_alive())
    if not started():
        raise NotServedError(f"the application does not start: {failure[0] if failure else 'it is too slow'}")
    try:
        yield
    finally:
        stop()
        thread.join(STOP_SECONDS)
    if thread.is_alive():
        raise NotServedError(f"the application does not stop within {STOP_SECONDS:g} s")


def _await(ready: Callable[[], bool]) -> None:
    turn, left = threading.Event(), START_SECONDS
    while not ready() and left > 0:
        turn.wait(0.01)
        left -= 0.01
