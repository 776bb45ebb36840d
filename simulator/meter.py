"""Progress of work that takes a while: a bar in a terminal, else a line every few seconds, on stderr."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

__all__ = ["Meter"]

EVERY = 5.0  # seconds between two lines; work that is shorter says nothing


class Meter:
    """A context manager; `work` and `unit` are words for what is done, like "computing" and "messages"."""

    def __init__(self, work: str, unit: str) -> None:
        self._work, self._unit = work, unit
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._begin = self._told = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, transient=True)
        self._task = self._bar.add_task(work, total=1.0)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def show(self, count: int, share: float) -> None:
        """So much is done, which is that share of all."""
        if self._console.is_terminal:
            self._bar.update(self._task, completed=share, description=f"{self._work}: {count:,} {self._unit}")
        elif (now := time.monotonic()) - self._told > EVERY:
            self._told = now
            rate = count / (now - self._begin)
            self._console.print(f"{self._work}: {count:,} {self._unit}, {share:.0%}, {rate:,.0f}/s")
