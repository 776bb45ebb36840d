"""What it costs a load generator to hold a stream and to read an event: ours beside other clients."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import IO, NamedTuple

import psutil

from loadtests._probe import Probe
from tests.bench.machine import Cores, on
from tests.bench.posts import publish
from tests.bench.pump import Pump
from tests.bench.server import BrokenError, environment, running
from tests.peers.recipe import ROOT, Recipe

__all__ = ["OURS", "READERS", "RUN", "SOURCE", "Cost", "cost"]

OURS = ("packed, reading only", "packed", "one user each")
READERS = (
    *OURS,
    *("HttpUser, reading only", "HttpUser", "FastHttpUser, reading only", "FastHttpUser"),
    *("httpx-sse, reading only", "httpx-sse"),
)
RUN, SOURCE = "bench", "probe-bench-0"
# Locust comes first: it patches the standard library, which others must not have looked at before
PROGRAM = "import sys, locust; from tests.bench.reading import main; main(*sys.argv[1:])"
FEW = 100  # whatever is loaded for the first streams is no stream's own
PATIENCE = 5.0  # seconds for what is late to arrive
PATIENCE_WITH_ALL = 240.0  # … and for the whole of it: then the reader is killed
ENOUGH = 0.9  # of the events, or it did not do the work; some read by the kilobyte and leave a rest
RATE_OF_WARM_UP = 5.0


class Cost(NamedTuple):
    """Of one process of Locust's. `events` came of `expected`."""

    subscribers: int
    bytes_each: float  # of RSS, while idle
    cpu: float  # seconds of the process
    events: int
    expected: int

    @property
    def microseconds(self) -> float:
        """CPU time for each event that was read."""
        return self.cpu / max(self.events, 1) * 1e6


class Reader:
    """The process, which does as it is told; what it says besides is in a file."""

    def __init__(self, process: "subprocess.Popen[str]", said: IO[bytes]) -> None:
        self._process = psutil.Process(process.pid)
        self._said = said
        assert process.stdin, "it is a pipe"
        assert process.stdout, "it is a pipe"
        self._in: IO[str] = process.stdin
        self._out: IO[str] = process.stdout

    def tell(self, command: str) -> int:
        """What it answers. Raises BrokenError if it has ended."""
        try:
            self._in.write(f"{command}\n")
            self._in.flush()
            return int(self._out.readline())
        except (OSError, ValueError):
            self._said.seek(0)
            last = self._said.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise BrokenError(f"the reader ended when it was told to {command}, and said: {last}") from None

    def cpu(self) -> float:
        return sum(self._process.cpu_times()[:2])

    def rss(self) -> int:
        return int(self._process.memory_info().rss)


@contextmanager
def reading(way: str, port: int, core: int) -> Iterator[Reader]:
    command = [sys.executable, "-P", "-c", PROGRAM, way, f"http://127.0.0.1:{port}"]
    pipe = subprocess.PIPE
    with (
        on(core),
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, stderr=said, text=True
        ) as process,
    ):
        watchdog = Timer(PATIENCE_WITH_ALL, process.kill)
        watchdog.start()
        try:
            yield Reader(process, said)
        finally:
            watchdog.cancel()
            process.kill()


def cost(ours: Recipe, way: str, where: Cores, subscribers: int, rate: float, seconds: float) -> Cost:
    """`way` is one of READERS. Raises BrokenError."""
    with running(ours, where.server) as server, reading(way, server.port, where.generator) as reader:
        reader.tell(f"grow {FEW}")
        few = reader.rss()
        reader.tell(f"grow {subscribers - FEW}")
        each = (reader.rss() - few) / (subscribers - FEW)
        warm = offer(server.port, 0, RATE_OF_WARM_UP, 1.0)
        before, already = reader.cpu(), reader.tell("count")
        count = offer(server.port, warm, rate, seconds)
        expected = count * subscribers
        until = time.monotonic() + PATIENCE
        while (events := reader.tell("count") - already) < expected and time.monotonic() < until:
            time.sleep(0.2)
        found = Cost(subscribers, each, reader.cpu() - before, events, expected)
        if events < ENOUGH * expected:
            raise BrokenError(f"{events} of {expected} events were read")
        return found


def offer(port: int, first: int, rate: float, seconds: float) -> int:
    """Publish probes from number `first` on; how many."""
    count = max(1, round(rate * seconds))
    begin = time.time_ns()
    due = [begin + int(number / rate * 1e9) for number in range(count)]
    bodies = [Probe(SOURCE, first + number, RUN, ns, ns).encode() for number, ns in enumerate(due)]
    with Pump() as pump:
        publish(pump, port, "/measurements", bodies, rate, PATIENCE)
    return count
