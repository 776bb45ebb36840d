"""One process that generates load: does what the master asks, run after run. Decides nothing."""

import logging
import socket
import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from gevent.event import Event
from gevent.lock import RLock
from locust.env import Environment

from loadtests._admission import RefusalError, admit, arrange, stamps
from loadtests._clock import domain
from loadtests._generator import Generator
from loadtests._limits import open_files, ports
from loadtests._options import Settings
from loadtests._server import Server
from loadtests._verdict import INVALID
from loadtests._wire import (
    Answer,
    Begin,
    Correct,
    Done,
    Drain,
    Hurry,
    Muster,
    Mustered,
    Ping,
    Pong,
    Question,
    Quiesce,
    Quiesced,
    Refused,
    Report,
)

__all__ = ["Worker"]

log = logging.getLogger(__name__)

SEATS: "WeakKeyDictionary[Environment, Worker]" = WeakKeyDictionary()
BEGIN_SECONDS = 15.0  # for a run to begin, after users for it were started


class Worker:
    """Holds the generator of the current run, which its users belong to."""

    def __init__(self) -> None:
        self.generator: Generator | None = None
        self.draining = Event()
        self._begun = Event()
        self._lock = RLock()
        self._mustered: tuple[Settings, Server, bool] | None = None

    @classmethod
    def seat(cls, environment: Environment) -> "Worker":
        """The worker of this process."""
        worker = SEATS[environment] = cls()
        return worker

    @staticmethod
    def of(environment: Environment) -> "Worker | None":
        """The worker of this process, if it is one."""
        return SEATS.get(environment)

    def answer(self, question: Question) -> Answer:
        """Do as asked, which may take its time. A fault of ours is an answer, too: nobody waits for one."""
        try:
            return self._answer(question)
        except Exception as error:
            log.exception("%s", type(question).__name__)
            return Refused(f"{type(question).__name__}: {error!r}", INVALID)

    def _answer(self, question: Question) -> Answer:
        match question:
            case Ping():
                now = time.time_ns()
                return Pong(now, now)
            case Muster():
                return self._muster(question)
            case Begin():
                return self._begin(question)
            case Correct():
                return self._tell(lambda generator: generator.correct(question.drifts))
            case Hurry():
                return self._tell(Generator.hurry)
            case Quiesce():
                self.draining.set()
                return Quiesced(self.generator.quiesce() if self.generator else {})
            case Drain():
                return self.generator.drain(question) if self.generator else _no_run()

    def current(self) -> Generator | None:
        """The generator of the run that is about to begin, or has begun."""
        self._begun.wait(BEGIN_SECONDS)
        return self.generator

    def report(self) -> Report | None:
        """What was counted since the last call, while a run lasts."""
        return self.generator.report() if self.generator and self.busy() else None

    def abandon(self) -> None:
        """Nobody will ask any more."""
        with self._lock:
            if self.generator is not None:
                self.generator.abandon()

    def busy(self) -> bool:
        """A run has begun here and is not over."""
        return self.generator is not None and not self.generator.over

    def _muster(self, muster: Muster) -> Answer:
        self._begun.clear()
        self.abandon()
        try:
            settings, site = arrange(muster.options, muster.host)
            server = admit(settings, site, muster.subscribers)
            kernel_stamps = stamps(settings.kts)
        except RefusalError as error:
            return Refused(str(error), error.code)
        self._mustered = settings, server, kernel_stamps
        return Mustered(socket.gethostname(), domain(), kernel_stamps, open_files(), ports())

    def _begin(self, begin: Begin) -> Answer:
        if self._mustered is None:
            return _no_run()
        settings, server, kernel_stamps = self._mustered
        with self._lock:
            self.abandon()
            self.draining.clear()
            self.generator = Generator(begin, settings, server, kernel_stamps=kernel_stamps)
        self._begun.set()
        return Done()

    def _tell(self, what: Callable[[Generator], None]) -> Answer:
        if self.generator is None:
            return _no_run()
        what(self.generator)
        return Done()


def _no_run() -> Refused:
    return Refused("no run has begun here", INVALID)
