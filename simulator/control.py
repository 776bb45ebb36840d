"""Live control: listens on stdin while a fleet runs, to keys in a terminal, or to JSON lines."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager

from .figures import moment
from .run import FleetRun
from .stdin import LONGEST_LINE, at_a_terminal, keys, lines, stdin
from .tables import ConfigError
from .wishes import Keys, fault_of_line

__all__ = ["Control"]

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
        return self._keys.help if at_a_terminal() else ""

    async def listen(self) -> None:
        """Do what is asked for until stdin ends, or until cancelled."""
        descriptor = stdin()
        if descriptor is None or not self._devices:
            return
        if at_a_terminal():
            async with aclosing(keys(descriptor)) as pressed:
                async for key in pressed:
                    await self._press(key)
        elif not os.isatty(descriptor):
            number = 0
            async for line in lines(descriptor):
                number += 1
                await self._hear(line, f"stdin, line {number}")

    async def _press(self, key: str) -> None:
        if key in QUITS:
            self._end()
        elif fault := self._keys.fault(key, random.choice(self._devices)):
            await self._inject(fault, f"key {key}")

    async def _hear(self, line: bytes, where: str) -> None:
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
