"""`driver = "python"`: a function in this process, called for each message. Judges nothing."""

import inspect
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from conformance.publishers.publisher import PUBLISH_SECONDS, SHOWN, Pace, Receipt, fields_of
from conformance.target.request import Message
from conformance.target.stream import Publish
from conformance.verdict import Unjudged, Verdict
from conformance.visible import visible

__all__ = ["PythonPublisher"]

KEY = "publish.python"


class PythonPublisher:
    """Calls run one after the other, each in a thread. What the function raises is a refusal.

    One that does not return in time is left behind, and asked no more: a thread cannot be ended.
    """

    def __init__(self, publish: Publish) -> None:
        """Raises Unjudged where there is no such function."""
        self._call = _function(publish.python or "")
        self._pace = Pace(publish)
        self._asked = threading.Lock()
        self._gone = ""

    def publish(self, message: Message) -> Receipt:
        """As a Publisher does."""
        self._pace.keep()
        with self._asked:
            if self._gone:
                return Receipt(accepted=False, text=self._gone, request=None)
            raised: list[BaseException] = []
            thread = threading.Thread(target=self._run, args=(message, raised), name=KEY, daemon=True)
            thread.start()
            thread.join(PUBLISH_SECONDS)
            if thread.is_alive():
                self._gone = f"{KEY}: it did not return in {PUBLISH_SECONDS:g} s"
                return Receipt(accepted=False, text=self._gone, request=None)
        text = visible(f"{type(raised[0]).__name__}: {raised[0]}", SHOWN) if raised else "it returned"
        return Receipt(accepted=not raised, text=text, request=None)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _run(self, message: Message, raised: list[BaseException]) -> None:
        try:
            self._call(**fields_of(message))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the message was not published
            raised.append(error)


def _function(name: str) -> Callable[..., Any]:
    """`module:callable`, from the folder in which the suite runs or from wherever Python finds it."""
    module, _, path = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise _unusable(f"cannot import {name!r}: {type(error).__name__}: {error}") from error
    if not callable(found) or inspect.iscoroutinefunction(found):
        kind = "a coroutine function" if inspect.iscoroutinefunction(found) else type(found).__name__
        raise _unusable(f"{name!r} is {kind}: expected a function that has published when it returns")
    checked: Callable[..., Any] = found
    return checked


def _unusable(why: str) -> Unjudged:
    return Unjudged(Verdict.INCONCLUSIVE, f"{KEY}: {visible(why)}")
