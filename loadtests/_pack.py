"""Many subscribers that one user of Locust's holds: a user has a greenlet, and its stack. Reads no stream."""

import time
from collections.abc import Callable, Sequence

from gevent.event import Event

from loadtests._subscriber import Subscriber

__all__ = ["Pack"]


class Pack:
    """They come each in its own time, and go together, at the latest when it is `over`."""

    def __init__(self, subscribers: Sequence[Subscriber], over: Event) -> None:
        self._subscribers = subscribers
        self._over = over

    def follow(self, delay: Callable[[], float]) -> None:
        """Hold their streams open until everybody leaves; parks the calling greenlet."""
        began = time.monotonic()
        delays = (delay() for _ in self._subscribers)
        # In order, so that one greenlet waits instead of a timer for each
        for subscriber, seconds in zip(self._subscribers, sorted(delays), strict=True):
            if self._over.wait(max(0.0, began + seconds - time.monotonic())):
                return
            subscriber.start(0)
        self._over.wait()  # without a deadline: a stream may last as long as the run

    def leave(self) -> None:
        """Leave while others stay."""
        for subscriber in self._subscribers:
            subscriber.leave()
