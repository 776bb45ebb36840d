"""`driver = "exec"`: a long-lived program, to which each message is a line of JSON. Judges nothing."""

import json
import os
import selectors
import threading
import time
from typing import Any

from conformance.program import Program
from conformance.publishers.publisher import PUBLISH_SECONDS, SHOWN, Pace, Receipt, fields_of
from conformance.target.request import Message
from conformance.target.stream import Publish
from conformance.visible import visible

__all__ = ["ExecPublisher"]

KEY = "publish.command"
LONGEST_LINE = 65_536  # bytes of an answer
READ_BYTES = 4_096
ENDED_SECONDS = 0.5  # for a program that has closed its output to be seen as ended
EXPECTED = 'expected a line with a JSON object: {} for yes, {"error": "why"} for no'


class ExecPublisher:
    """Messages go one after the other: a line to its stdin, and a line back from its stdout.

    It refuses a message with `{"error": "why"}`; any other object is a yes. One that says nothing in time,
    or something else, is ended: what it says later would be taken for the answer to another message. From
    then on everything is refused.
    """

    def __init__(self, publish: Publish) -> None:
        """Raises Unjudged where the program cannot be started."""
        assert publish.command, "`load` has seen to it"
        self._program = Program(KEY, publish.command, dialogue=True)
        self._pace = Pace(publish)
        self._asked = threading.Lock()
        self._heard = b""  # behind the last answer
        self._gone = ""  # why there is no asking any more

    def publish(self, message: Message) -> Receipt:
        """As a Publisher does."""
        line = json.dumps(fields_of(message)).encode() + b"\n"  # ASCII, whatever is in it
        self._pace.keep()
        with self._asked:
            if not self._gone:
                try:
                    return _receipt(self._answer(line))
                except (OSError, ValueError) as error:
                    self._program.kill()  # first, since only then all that it said is heard
                    self._gone = f"{KEY}: {error}; {self._program.said}"
            return Receipt(accepted=False, text=self._gone, request=None)

    def close(self) -> None:
        """End the program."""
        self._program.kill()

    def _answer(self, line: bytes) -> Any:
        """Raises OSError and ValueError, with what went wrong."""
        deadline = time.monotonic() + PUBLISH_SECONDS
        self._send(line, deadline)
        while b"\n" not in self._heard:
            if len(self._heard) > LONGEST_LINE:
                raise ValueError(f"an answer of more than {LONGEST_LINE} bytes; {EXPECTED}")
            self._heard += self._read(deadline)
        answer, _, self._heard = self._heard.partition(b"\n")
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise ValueError(f"{EXPECTED}, got {visible(answer, SHOWN)!r}")
        return found

    def _send(self, line: bytes, deadline: float) -> None:
        assert self._program.stdin is not None, "it was started for a dialogue"
        pipe = self._program.stdin.fileno()
        os.set_blocking(pipe, False)
        while line:
            _wait(pipe, selectors.EVENT_WRITE, deadline, "it takes no more input")
            try:
                line = line[os.write(pipe, line) :]
            except BrokenPipeError:
                raise self._ended() from None

    def _read(self, deadline: float) -> bytes:
        assert self._program.stdout is not None, "it was started for a dialogue"
        pipe = self._program.stdout.fileno()
        _wait(pipe, selectors.EVENT_READ, deadline, "no answer")
        data = os.read(pipe, READ_BYTES)
        if not data:
            raise self._ended()
        return data

    def _ended(self) -> OSError:
        self._program.wait(ENDED_SECONDS)
        return OSError(f"the program has ended: {self._program.end or 'it closed its output'}")


def _receipt(answer: dict[str, Any]) -> Receipt:
    refused = answer.get("error")
    text = visible(json.dumps(answer) if refused is None else str(refused), SHOWN)
    return Receipt(accepted=refused is None, text=text, request=None)


def _wait(pipe: int, event: int, deadline: float, what: str) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError(f"{what} in {PUBLISH_SECONDS:g} s")
