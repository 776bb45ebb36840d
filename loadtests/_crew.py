"""The workers of a run, as its master sees them: asked all at once, each with a deadline. Decides nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import gevent

from loadtests._wire import Answer, Pong, Question, Report

__all__ = ["Crew", "LocalPeer", "Peer"]


class Peer(Protocol):
    """A worker at the other end of some line."""

    @property
    def id(self) -> str: ...

    def ask(self, question: Question, seconds: float) -> Answer | None:
        """The answer; None when it did not come in time, or the worker has left."""

    def collect(self) -> Report | None:
        """What it has counted, where that does not come by itself."""

    def ping(self, seconds: float) -> tuple[int, Pong, int] | None:
        """When it was asked, what time it is there, and when that came."""


class LocalPeer:
    """The worker in our own process."""

    id = "local"

    def __init__(self, answer: Callable[[Question], Answer], report: Callable[[], Report | None]) -> None:
        self._answer = answer
        self._report = report

    def ask(self, question: Question, seconds: float) -> Answer | None:
        """In a greenlet of its own, so that a deadline holds here, too."""
        asked = gevent.spawn(self._answer, question)
        asked.join(seconds)
        return asked.value if asked.successful() else None

    def collect(self) -> Report | None:
        return self._report()

    def ping(self, seconds: float) -> tuple[int, Pong, int] | None:  # noqa: ARG002 - nobody waits here
        now = time.time_ns()
        return now, Pong(now, now), now


class Crew:
    """Workers in the order of their numbers."""

    def __init__(self, peers: Iterable[Peer]) -> None:
        self.peers = list(peers)

    def __len__(self) -> int:
        return len(self.peers)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self.peers)

    def ask(self, question: Question | Callable[[int], Question], seconds: float) -> list[Answer | None]:
        """Everybody's answer, in order; None where there was none in time."""
        questions = [question(number) if callable(question) else question for number in range(len(self))]
        asked: list[gevent.Greenlet[..., Any]] = [
            gevent.spawn(peer.ask, each, seconds) for peer, each in zip(self.peers, questions, strict=True)
        ]
        gevent.joinall(asked)
        return [one.value if one.successful() else None for one in asked]
