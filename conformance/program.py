"""A program that a target file names, in a process group of its own. Whatever happens, nothing of it stays.

It is not told what to do here, and what it says is kept, not understood.
"""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from conformance.verdict import Unjudged, Verdict
from conformance.visible import visible

__all__ = ["Program"]

MOST_BYTES = 16_384  # of its output that are kept
SHOWN = 1_000  # characters of them that a reason quotes
READ_BYTES = 4_096
REAPED_SECONDS = 5.0  # for a process that was killed to be gone
HEARD_SECONDS = 1.0  # for the rest of its output, which a daemon of its own may keep open
# Is told a group, and waits for the end of its own input, which comes when this process ends, even by SIGKILL
WATCHER = ("sh", "-c", 'read -r group; read -r _; kill -s KILL -- "-$group" 2>/dev/null')


class Program:
    """Runs from the beginning; raises Unjudged where it cannot be started.

    `key` is the one of the target file that names it. With `dialogue`, its stdin and stdout are `stdin` and
    `stdout`; else it has no input, and both outputs are heard. What was heard last is kept.
    """

    def __init__(self, key: str, command: Sequence[str], *, dialogue: bool = False) -> None:
        self.key = key
        self.line = shlex.join(command)
        # Before the program, so that no moment is without a watcher
        self._watcher = subprocess.Popen(WATCHER, stdin=subprocess.PIPE, start_new_session=True)
        assert self._watcher.stdin is not None, "it was asked for as a pipe"
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if dialogue else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if dialogue else subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._watcher.kill()
            self._watcher.wait()
            self._watcher.stdin.close()
            why = getattr(error, "strerror", None) or error
            raise Unjudged(Verdict.INCONCLUSIVE, f"{key}: cannot run `{self.line}`: {why}") from error
        self._watcher.stdin.write(b"%d\n" % self.pid)
        self._watcher.stdin.flush()
        self.stdin = self._process.stdin
        self.stdout = self._process.stdout if dialogue else None
        heard = self._process.stderr if dialogue else self._process.stdout
        assert heard is not None, "it was asked for as a pipe"
        self._said = bytearray()
        self._ear = threading.Thread(target=self._hear, args=(heard,), name=key, daemon=True)
        self._ear.start()

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._process.pid

    @property
    def end(self) -> str:
        """How it ended: `exit code 1`, `SIGSEGV`; "" while it runs."""
        code = self._process.poll()
        if code is None:
            return ""
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    @property
    def said(self) -> str:
        """The end of what it said, as a clause for a reason."""
        lines = bytes(self._said).decode("utf-8", "replace").split("\n")
        text = " | ".join(shown for line in lines if (shown := visible(line.rstrip())))
        if not text:
            return "it said nothing"
        return f"the last that it said: {'…' if len(text) > SHOWN else ''}{text[-SHOWN:]}"

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after at most so long."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return bool(self.end)

    def signal(self, name: str) -> None:
        """Send SIG`name` to the process itself, not to its children."""
        self._process.send_signal(signal.Signals[f"SIG{name}"])

    def kill(self) -> None:
        """End it and all that it has started; idempotent."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._watcher.kill()
        for process in (self._process, self._watcher):
            with suppress(subprocess.TimeoutExpired):
                process.wait(REAPED_SECONDS)
        self._ear.join(HEARD_SECONDS)
        for pipe in (self.stdin, self.stdout, self._watcher.stdin):
            with suppress(OSError):  # what was still to be written has nowhere to go
                if pipe is not None:
                    pipe.close()

    def _hear(self, pipe: IO[bytes]) -> None:
        with pipe, suppress(OSError, ValueError):
            while data := os.read(pipe.fileno(), READ_BYTES):
                self._said += data
                del self._said[:-MOST_BYTES]
