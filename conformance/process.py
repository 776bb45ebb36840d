"""The server under test as a process of the suite: started, stopped, started again. Judges nothing."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

from conformance.program import Program
from conformance.target import Target
from conformance.target.schema import Process
from conformance.verdict import Unjudged, Verdict
from conformance.vitals import descriptors, memory

__all__ = ["ServerProcess", "Stopped", "running"]

KEY = "process.start"
POLL_SECONDS = 0.02
CONNECT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a server ended that was told to. `died`: it had ended by itself, so there was nothing to stop."""

    signal: str
    at: float  # when it was told, on the monotonic clock
    seconds: float  # from then to its end, or to the end of its grace
    end: str  # `exit code 0`
    late: bool = False  # it outlived its grace, and was killed
    died: str = ""


class ServerProcess:
    """Started by `start`; what it was is gone after `kill`."""

    def __init__(self, declared: Process) -> None:
        self.declared = declared
        self.starts = 0
        self._program: Program | None = None
        self._begun = 0.0

    @property
    def running(self) -> bool:
        """It was started, and has not ended."""
        return self._program is not None and not self._program.end

    @property
    def died(self) -> str:
        """How it ended without being told to, and what it said; "" while it runs, or was stopped."""
        program = self._program
        if program is None or not program.end:
            return ""
        return f"the server's process died by itself: {program.end}; {program.said}"

    def dies(self, seconds: float) -> bool:
        """Whether it has died by itself, or does so within that time: its connections end before it does."""
        return self._program is not None and self._program.wait(seconds) and bool(self.died)

    @property
    def memory(self) -> int | None:
        """Resident bytes, where the target wants them looked at and this system tells."""
        watched = self.declared.metrics.rss == "pid"
        return memory(self._program.pid) if watched and self._program else None

    @property
    def descriptors(self) -> int | None:
        """Open descriptors, where this system tells."""
        return descriptors(self._program.pid) if self._program else None

    def start(self) -> None:
        """Until it accepts connections. Raises Unjudged where it does not."""
        ready = self.declared.ready
        if _listens(ready.tcp):
            told = f"{KEY}: something listens on {ready.tcp} already, and would be judged instead: stop it"
            raise Unjudged(Verdict.INCONCLUSIVE, told)
        program = self._program = Program(KEY, self.declared.start)
        self.starts += 1
        deadline = time.monotonic() + ready.timeout
        while not _listens(ready.tcp):
            if program.end or time.monotonic() > deadline:
                why = program.end or f"nothing listens on {ready.tcp} after {ready.timeout:g} s"
                self.kill()
                told = f"{KEY}: `{program.line}` did not get ready: {why}; {program.said}"
                raise Unjudged(Verdict.INCONCLUSIVE, told)
            time.sleep(POLL_SECONDS)

    def stop(self) -> Stopped:
        """As the target says, and with SIGKILL when its grace is over."""
        assert self._program is not None, "it was started"
        program, stop = self._program, self.declared.stop
        died = self.died
        begun = time.monotonic()
        if not died:
            program.signal(stop.signal)
        ended = program.wait(stop.grace)
        seconds, end = time.monotonic() - begun, program.end
        self.kill()
        return Stopped(f"SIG{stop.signal}", begun, seconds, end or program.end, late=not ended, died=died)

    def kill(self) -> None:
        """At once, with all its children; idempotent."""
        if self._program is not None:
            self._program.kill()
            self._program = None


@contextmanager
def running(target: Target) -> Iterator[ServerProcess | None]:
    """The process that the target wants to be started, as long as it is needed. Raises Unjudged."""
    if target.process is None:
        yield None
        return
    process = ServerProcess(target.process)
    try:
        process.start()
        yield process
    finally:
        if process.running:
            process.stop()
        process.kill()


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with suppress(OSError), closing(socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS)):
        return True
    return False
