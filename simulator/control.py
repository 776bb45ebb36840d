"""Live control: listens on stdin while a fleet runs, to keys in a terminal, or to JSON lines."""

import asyncio
import os
import random
import sys
import termios
import tty
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

from .figures import moment
from .run import FleetRun
from .tables import ConfigError
from .wishes import Keys, fault_of_line

__all__ = ["Control"]

CHUNK, LONGEST_LINE = 65_536, 65_536  # bytes
QUITS = {"q", "Q"}


class Control:
    """`say` tells what was done, `complain` what is wrong with a wish, and `end` ends the run."""

    def __init__(
        self,
        run: FleetRun,
        say: Callable[[str], None],
        complain: Callable[[str], None],
        end: Callable[[], None],
    ) -> None:
        self._run, self._say, self._complain, self._end = run, say, complain, end
        self._devices = [name for plan in run.config.groups for name in plan.ids]
        profiles = [plan.profile for plan in run.config.groups if plan.ids]
        upsets = dict.fromkeys(kind for profile in profiles for kind in profile.model.upset_by)
        every = max((profile.every for profile in profiles), default=1000)
        self._keys = Keys(upsets, run.config.run.speed or 1.0, every)

    @property
    def help(self) -> str:
        """What keys there are; empty if nobody is there to press one."""
        return self._keys.help if _at_a_terminal() else ""

    async def listen(self) -> None:
        """Do what is asked for until stdin ends, or until cancelled."""
        if not self._devices or sys.stdin is None or sys.stdin.closed:
            return
        descriptor = sys.stdin.fileno()
        if _at_a_terminal():
            with _keys_at_once(descriptor):
                await self._listen_to_keys(descriptor)
        elif not os.isatty(descriptor):
            await self._listen_to_lines(descriptor)

    async def _listen_to_keys(self, descriptor: int) -> None:
        async for chunk in _chunks(descriptor):
            for key in chunk.decode("utf-8", "replace"):
                if key in QUITS:
                    self._end()
                elif fault := self._keys.fault(key, random.choice(self._devices)):
                    await self._inject(fault, f"key {key}")

    async def _listen_to_lines(self, descriptor: int) -> None:
        number = 0
        async for line in _lines(descriptor):
            number += 1
            where = f"stdin, line {number}"
            if len(line) > LONGEST_LINE:
                self._complain(f"{where}: is longer than {LONGEST_LINE:,} bytes")
            elif line.strip():
                with self._complaining():
                    await self._inject(fault_of_line(line.decode("utf-8", "replace"), where), where)

    async def _inject(self, table: dict[str, object], where: str) -> None:
        with self._complaining():
            fault = await self._run.inject(table, where)
            begin = self._run.span.start + (fault.at or 0)
            what = f"{fault.kind} of {fault.match}" + (f", {fault.sensor}" if fault.sensor else "")
            self._say(f"{what} from {moment(begin)}" + _length(fault.duration))

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except ConfigError as error:
            self._complain(str(error).replace(": kind: ", ": fault: "))


def _length(milliseconds: int | None) -> str:
    return "" if milliseconds is None else f" for {milliseconds / 1000:g} s"


def _at_a_terminal() -> bool:
    """Whether somebody sits there who sees us: we hold the terminal, and are not in the background."""
    with suppress(OSError, ValueError, AttributeError):
        terminal = sys.stdin.isatty() and sys.stderr.isatty()
        return terminal and os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    return False


@contextmanager
def _keys_at_once(descriptor: int) -> Iterator[None]:
    """Keys come without Enter, and are not shown; Ctrl-C still interrupts."""
    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSADRAIN)  # what was typed before is meant, too
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


async def _lines(descriptor: int) -> AsyncIterator[bytes]:
    """Lines without their ends; of one that is too long, a part that is too long as well."""
    rest = b""
    async for chunk in _chunks(descriptor):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield rest


async def _chunks(descriptor: int) -> AsyncIterator[bytes]:
    """What there is to read, when there is; never reads ahead, for there may be a terminal."""
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
