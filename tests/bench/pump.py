"""One epoll loop for all that the generator reads, and how busy it was. Knows nothing of HTTP."""

import select
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

__all__ = ["Pump"]


class Readable(Protocol):
    """A socket, or an epoll that watches others."""

    def fileno(self) -> int: ...


class Pump:
    """Calls what belongs to a descriptor that can be read."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._cpu = time.process_time()
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._epoll.close()

    def add(self, source: Readable, readable: Callable[[], None]) -> None:
        self._readable[source.fileno()] = readable
        self._epoll.register(source.fileno(), select.EPOLLIN)

    def drop(self, source: Readable) -> None:
        """Before it is closed."""
        self._epoll.unregister(source.fileno())
        del self._readable[source.fileno()]

    def turn(self, seconds: float) -> None:
        """Wait for so long at most, and handle all that can be read."""
        for descriptor, _ in self._epoll.poll(max(0.0, seconds)):
            if (readable := self._readable.get(descriptor)) is not None:
                readable()

    def begin(self) -> None:
        """From now on it is measured how busy we are."""
        self._cpu, self._since = time.process_time(), time.monotonic()

    def busy(self) -> float:
        """Our share of a core since `begin`."""
        return (time.process_time() - self._cpu) / max(time.monotonic() - self._since, 1e-9)
