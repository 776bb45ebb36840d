"""Something that is done once, in the thread of whoever asks first; all others get the same outcome."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Once"]

T = TypeVar("T")


class Once(Generic[T]):
    """What `take` returns, or raises, each time that it is called; only the first call does the work."""

    def __init__(self, take: Callable[[], T]) -> None:
        self._take = take
        self._asked = threading.RLock()
        self._outcome: tuple[T] | Exception | None = None

    def __call__(self) -> T:
        with self._asked:
            if self._outcome is None:
                try:
                    self._outcome = (self._take(),)
                except Exception as error:  # noqa: BLE001 - whatever it is, everybody is told
                    self._outcome = error
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome[0]
