"""What comes on stdin, as it comes: keys of a terminal, or lines. Reads no more than there is to read."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress

__all__ = ["LONGEST_LINE", "at_a_terminal", "keys", "lines", "stdin"]

CHUNK, LONGEST_LINE = 65_536, 65_536  # bytes


def stdin() -> int | None:
    """The file descriptor, if there is one."""
    with suppress(OSError, ValueError, AttributeError):  # it may be closed, or no file at all
        return sys.stdin.fileno()
    return None


def at_a_terminal() -> bool:
    """Whether somebody sits there who sees us: we hold the terminal, and are not in the background."""
    descriptor = stdin()
    if descriptor is None or not (os.isatty(descriptor) and sys.stderr.isatty()):
        return False
    with suppress(OSError):
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    return False


async def keys(descriptor: int) -> AsyncGenerator[str, None]:
    """Keys as they are pressed, without Enter, and not shown; Ctrl-C still interrupts."""
    with _keys_at_once(descriptor):
        async for chunk in _chunks(descriptor):
            for key in chunk.decode("utf-8", "replace"):
                yield key


async def lines(descriptor: int) -> AsyncIterator[bytes]:
    """Lines without their ends; of one that is longer than `LONGEST_LINE`, a part that is."""
    rest = b""
    async for chunk in _chunks(descriptor):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest


@contextmanager
def _keys_at_once(descriptor: int) -> Iterator[None]:
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSADRAIN)  # what was typed before is meant, too
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


async def _chunks(descriptor: int) -> AsyncIterator[bytes]:
    with suppress(OSError):  # a terminal that was closed has no more to say
        while True:
            await _readable(descriptor)
            chunk = os.read(descriptor, CHUNK)
            if not chunk:
                return
            yield chunk


async def _readable(descriptor: int) -> None:
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:
        return  # a file, which is always readable
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
