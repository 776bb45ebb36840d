"""Keeps the state file of a run while it goes: a full disk is told once, and stops no delivery."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .line_file import UnwritableError
from .state import State, write_state

__all__ = ["Keeper"]

EVERY = 5.0  # seconds between two writings


class Keeper:
    """Writes what `state` tells; `trouble` says why the file is behind, empty while it is not."""

    def __init__(self, path: Path, state: Callable[[], State], say: Callable[[str], None]) -> None:
        self.path, self.trouble = path, ""
        self._state, self._say = state, say
        self._writer = ThreadPoolExecutor(1)  # one, so that no older state replaces a newer one

    def begin(self) -> None:
        """Write for the first time. Raises UnwritableError: then nothing has been sent yet."""
        try:
            write_state(self.path, self._state())
        except OSError as error:
            raise UnwritableError(self.path, error) from error

    async def keep(self) -> None:
        """Write every few seconds, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.write()

    async def write(self) -> bool:
        """Write now, in a thread, for disks are slow; whether it worked. If not, the next one tries again."""
        writing = asyncio.get_running_loop().run_in_executor
        try:
            await writing(self._writer, write_state, self.path, self._state())
        except OSError as error:
            if not self.trouble:
                self._say(f"{UnwritableError(self.path, error)}; the run goes on, and it is tried again")
            self.trouble = error.strerror or str(error)
            return False
        if self.trouble:
            self._say(f"{self.path}: is written again")
        self.trouble = ""
        return True
