"""Many subscribers that one user of Locust's holds: a user has a greenlet, and its stack. Reads no stream."""

from collections.abc import Callable, Sequence

from loadtests._subscriber import Subscriber

__all__ = ["Pack"]


class Pack:
    """They come each in its own time, and go together."""

    def __init__(self, subscribers: Sequence[Subscriber]) -> None:
        self._subscribers = subscribers

    def follow(self, delay: Callable[[], float]) -> None:
        """Hold their streams open until everybody leaves; parks the calling greenlet."""
        first, *others = self._subscribers
        for subscriber in others:
            subscriber.start(delay())
        first.follow(delay)

    def leave(self) -> None:
        """Leave while others stay."""
        for subscriber in self._subscribers:
            subscriber.leave()
