"""How the suite makes a server send something: one class a driver. Judges nothing."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import httpx

from conformance.request import Message, Request, UnsendableError, publish_request
from conformance.target import Target
from conformance.visible import visible

__all__ = ["HttpPublisher", "Publisher", "Receipt", "publisher_of"]

PUBLISH_SECONDS = 10.0
SHOWN = 120  # characters of a refusal


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server said to a publisher. There is no `request` where the template could not carry it."""

    accepted: bool
    text: str
    request: Request | None


class Publisher(Protocol):
    """A driver of [publish]."""

    def publish(self, message: Message) -> Receipt:
        """Publish, and wait for the answer; no faster than the target allows."""

    def close(self) -> None:
        """Let go of whatever it holds."""


class HttpPublisher:
    """A request for each message, over one connection."""

    def __init__(self, target: Target, values: Mapping[str, str]) -> None:
        assert target.publish is not None, "a publisher is made for a target that has one"
        self._target = target
        self._values = values
        self._success = target.publish.success
        self._pause = 1 / target.publish.max_rate if target.publish.max_rate else 0.0
        self._published_at = -self._pause
        self._paced = threading.Lock()
        verify = target.target.tls.verify
        self._http = httpx.Client(trust_env=False, verify=verify, timeout=PUBLISH_SECONDS)

    def publish(self, message: Message) -> Receipt:
        """As a Publisher does."""
        try:
            built = publish_request(self._target, message, values={"uuid": uuid4().hex, **self._values})
        except UnsendableError as error:
            return Receipt(accepted=False, text=str(error), request=None)
        with self._paced:
            time.sleep(max(0.0, self._published_at + self._pause - time.monotonic()))
            self._published_at = time.monotonic()
        try:
            answer = self._http.request(
                built.method, built.url, headers=list(built.headers), content=built.body
            )
        except httpx.HTTPError as error:
            return Receipt(accepted=False, text=f"{type(error).__name__}: {error}", request=built)
        body = "" if answer.is_success else f": {visible(answer.text, SHOWN)}"
        text = f"{answer.status_code} {answer.reason_phrase}{body}"
        return Receipt(answer.status_code in self._success, text, built)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


def publisher_of(target: Target, values: Mapping[str, str]) -> Publisher | None:
    """The publisher of the target; None where it declares none."""
    match target.publish.driver if target.publish else "none":
        case "http":
            return HttpPublisher(target, values)
        case _:
            return None
