"""A server's life: open the log, listen, and end in good order."""

import errno
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from reference_server.app import app_of
from reference_server.cursor import id_of
from reference_server.gate import Gate
from reference_server.journal import LOGGER, note
from reference_server.log import Log, UnusableError
from reference_server.memory_log import MemoryLog
from reference_server.settings import Settings
from reference_server.sqlite_log import SqliteLog

__all__ = ["serving"]

PEERS = (HttpProcessingError, web.RequestPayloadError)  # mistakes of the other side


def is_ours(record: logging.LogRecord) -> bool:
    """Whether an error is the server's own: a peer that speaks no HTTP has its 400, and is no news."""
    return not (record.exc_info and isinstance(record.exc_info[1], PEERS))


LOGGER.addFilter(is_ours)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """A server that runs, as its base URL. Raises UnusableError if the log or the port cannot be had.

    On the way out the listening socket is closed first; then streams end, and what was accepted is committed.
    """
    log = settings.parts.log(open_log(settings))
    try:
        runner = web.AppRunner(
            await app_of(log, settings),
            handler_cancellation=True,  # else a subscriber who left would be kept until the next write
            shutdown_timeout=settings.limits.stop_seconds,
        )
        await runner.setup()
        try:
            url = await listen(runner, settings)
            note("started", url=url, log=settings.log, last_id=id_of(log, log.newest), pid=os.getpid())
            if settings.fault:
                note("fault", name=settings.fault)
            yield url
        finally:
            note("stopping")
            await runner.cleanup()
    finally:
        await log.close()
        note("stopped")


async def listen(runner: web.AppRunner, settings: Settings) -> str:
    site = Gate(runner, settings, logger=LOGGER, access_log=None)
    try:
        await site.start()
    except OSError as error:
        raise UnusableError(refused(settings, error)) from None
    return site.name


def refused(settings: Settings, error: OSError) -> str:
    where = f"{settings.host} port {settings.port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where} is in use: stop what listens there, or choose another with --port (0 takes a free one)"
        )
    return f"cannot listen on {where}: {error.strerror or os.strerror(error.errno or 0)}"


def open_log(settings: Settings) -> Log:
    """The engine that the settings name. Raises UnusableError."""
    engine, _, rest = settings.log.partition(":")
    match engine, rest:
        case "memory", "":
            return MemoryLog(settings.retain, settings.limits, settings.retain_age)
        case "sqlite", name if name:
            return SqliteLog(Path(name), settings.retain, settings.limits, settings.retain_age)
        case _:
            raise UnusableError(f"the log is 'memory' or 'sqlite:FILE', not {settings.log!r}")
