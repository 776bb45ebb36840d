"""A server as a process on a core of its own: started, watched through /proc, and ended."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from tests.bench.machine import on
from tests.peers.recipe import ROOT, Recipe
from tests.ports import free_port

__all__ = ["BrokenError", "Server", "running", "serving"]

DEADLINE = 30.0  # seconds to start, and to stop
HEAD = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"


class BrokenError(Exception):
    """A server that did not start, or did not do what it should: a sentence."""


class Server:
    """A process that answers on `port`, with all that it started itself."""

    def __init__(self, process: psutil.Process, port: int, seconds: float) -> None:
        self.port = port
        self.seconds = seconds  # from its start to the first byte that it served
        self._process = process

    def _tree(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def cpu(self) -> float:
        """Seconds, user and system, of the whole tree."""
        return sum(sum(each.cpu_times()[:2]) for each in self._tree())

    def rss(self) -> int:
        """Bytes of the whole tree."""
        return sum(each.memory_info().rss for each in self._tree())


@contextmanager
def running(recipe: Recipe, core: int) -> Iterator[Server]:
    """The peer. Raises BrokenError."""
    with serving(recipe.argv, recipe.subscribe, core) as server:
        yield server


@contextmanager
def serving(argv: Callable[[int, Path], Sequence[str]], path: str, core: int) -> Iterator[Server]:
    """`argv` of a port and a folder, as a process that serves `path`. Raises BrokenError."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        command = list(argv(port, Path(folder)))
        start = time.perf_counter()
        with on(core):
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=said
            )
        try:
            seconds = first_byte(process, port, path, said) - start
            yield Server(psutil.Process(process.pid), port, seconds)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(DEADLINE / 10)
            process.kill()
            process.wait(DEADLINE)


def environment() -> dict[str, str]:
    """Ours, but Python may keep what it compiled, as it does for users: else each start compiles anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def first_byte(process: "subprocess.Popen[bytes]", port: int, path: str, said: IO[bytes]) -> float:
    """When the first byte of a stream came. Raises BrokenError."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        if process.poll() is not None:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines() or ["nothing"]
            last = " / ".join(lines[-2:])
            raise BrokenError(f"ended with exit code {process.returncode}, and said: {last}")
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), DEADLINE) as stream:
            stream.sendall(HEAD % path.encode())
            if stream.recv(1):
                return time.perf_counter()
        time.sleep(0.002)
    raise BrokenError(f"served nothing within {DEADLINE:g} s")
