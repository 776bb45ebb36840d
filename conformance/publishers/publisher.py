"""What all publishers have in common: how they are asked, what they answer, how fast they may be."""

import threading
import time
from dataclasses import dataclass
from typing import Protocol

from conformance.target.request import Message, Request
from conformance.target.stream import Publish

__all__ = ["PUBLISH_SECONDS", "SHOWN", "Pace", "Publisher", "Receipt", "fields_of"]

PUBLISH_SECONDS = 10.0  # for an answer
SHOWN = 120  # characters of a refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server said to a publisher. There is no `request` where none was sent by HTTP."""

    accepted: bool
    text: str
    request: Request | None


class Publisher(Protocol):
    """A driver of [publish]. May be used from several threads."""

    def publish(self, message: Message) -> Receipt:
        """Publish, and wait for the answer; no faster than the target allows."""

    def close(self) -> None:
        """Let go of whatever it holds."""


class Pace:
    """No more messages a second than the target takes."""

    def __init__(self, publish: Publish) -> None:
        self._pause = 1 / publish.max_rate if publish.max_rate else 0.0
        self._last = -self._pause
        self._asked = threading.Lock()

    def keep(self) -> None:
        """Wait until it is time for the next one."""
        with self._asked:
            time.sleep(max(0.0, self._last + self._pause - time.monotonic()))
            self._last = time.monotonic()


def fields_of(message: Message) -> dict[str, str | float]:
    """The fields that `message` sets, by name."""
    fields = {
        "channel": message.channel,
        "data": message.data,
        "event": message.event,
        "id": message.id,
        "retry": message.retry,
        "comment": message.comment,
    }
    return {name: value for name, value in fields.items() if value is not None}
